/** A text without the characters that steer terminals: names in files, and what tools print, may hold any. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd');
}
