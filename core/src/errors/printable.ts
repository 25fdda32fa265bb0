/**
 * Characters that steer terminals or change how the text around them reads: controls (a tab and a line feed apart),
 * marks of writing direction, separators of lines and paragraphs, invisible characters, halves of surrogate pairs.
 */
const steering =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** A text without the characters that steer terminals: names in files, and what tools print, may hold any. */
export function printable(text: string): string {
  return text.replace(steering, '\ufffd');
}

/** The same on one line: for names, which must not look like lines of our own. */
export function printableName(text: string): string {
  return printable(text.replace(/[\t\n\v\f\r\u0085\u2028\u2029]+/g, ' '));
}

/** A name as code in Markdown: whatever is in it stays in there, in a table cell too. */
export function markdownCode(name: string): string {
  const text = printableName(name).replaceAll('|', '\uff5c');
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const space = text.startsWith('`') || text.endsWith('`') || text === '' ? ' ' : '';
  return `${fence}${space}${text}${space}${fence}`;
}

/** A JSON text with the characters that steer terminals escaped: it means the same. */
export function printableJson(json: string): string {
  return json.replace(steering, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
