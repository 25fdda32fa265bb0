/**
 * A number as tables write it: digits, a decimal point, an exponent, a sign. NaN for anything else that a programming
 * language might read as a number, as 0x10.
 */
export function decimalNumber(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
}
