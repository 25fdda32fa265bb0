import { isExplanation, printableName, type ExplanationInput } from '@autodnnchip/core';

/** Inputs of one formula that are shown; layers and states can be thousands. */
const shownInputs = 40;

/** An explanation for a human: formula under figure, inputs under formula, `depth` formulas deep. */
export function explanationText(explanation: ExplanationInput, depth: number): string {
  const lines: string[] = [];
  write(explanation, 0, depth, lines, new Map());
  return lines
    .map(line => line.replace(/^( *)(.*)$/s, (_, indent: string, text: string) => indent + printableName(text)))
    .join('\n');
}

/** `written`: inputs that were shown before, with how deep; figures share them where they are the same. */
function write(
  input: ExplanationInput,
  level: number,
  depth: number,
  lines: string[],
  written: Map<readonly ExplanationInput[], number>,
): void {
  const indent = '  '.repeat(level);
  const head = `${indent}${input.figure} = ${amount(input)}`;
  if (!isExplanation(input)) {
    const conditions = input.conditions === undefined ? '' : ` at ${input.conditions}`;
    lines.push(
      input.kind === 'definition' && input.source === 'definition'
        ? head
        : `${head}${conditions}   [${input.kind}] ${input.source}`,
    );
    return;
  }
  if (input.inputs.length > 0 && (written.get(input.inputs) ?? 0) >= depth) {
    lines.push(`${head}   (explained above)`);
    return;
  }
  written.set(input.inputs, depth);
  lines.push(head, `${indent}  ${input.operation === undefined ? 'from: ' : '= '}${input.formula}`);
  if (input.inputs.length === 0) return;
  if (depth <= 1) {
    lines.push(`${indent}  ... (--depth shows more)`);
    return;
  }
  for (const inner of input.inputs.slice(0, shownInputs)) write(inner, level + 2, depth - 1, lines, written);
  if (input.inputs.length > shownInputs)
    lines.push(`${indent}    ... and ${input.inputs.length - shownInputs} more; --json has all`);
}

function amount({ value, unit }: ExplanationInput): string {
  const number = Number.isInteger(value) ? value.toLocaleString('en-US') : String(Number(value.toPrecision(7)));
  return unit === '1' ? number : `${number} ${unit}`;
}
