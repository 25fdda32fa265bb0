import { ChipError } from '../errors/index.js';

/** A SystemVerilog file of a bundle. */
export interface RtlText {
  readonly path: string;
  readonly text: string;
}

/**
 * System tasks and functions that compute, or report to whoever runs the simulation. All others are refused, the ones
 * that run programs ($system), insert C++ ($c) or open files ($fopen, $fwrite, $dumpfile) among them.
 */
const harmlessTasks: ReadonlySet<string> = new Set([
  'clog2',
  'signed',
  'unsigned',
  'bits',
  'size',
  'left',
  'right',
  'low',
  'high',
  'increment',
  'dimensions',
  'unpacked_dimensions',
  'countones',
  'countbits',
  'onehot',
  'onehot0',
  'isunknown',
  'cast',
  'rtoi',
  'itor',
  'ceil',
  'floor',
  'pow',
  'ln',
  'log10',
  'sqrt',
  'exp',
  'past',
  'rose',
  'fell',
  'stable',
  'error',
  'fatal',
  'warning',
  'info',
  'display',
  'write',
  'strobe',
  'finish',
  'stop',
  'time',
  'stime',
  'realtime',
  'random',
  'urandom',
  'urandom_range',
  'sformatf',
  'timeformat',
  'unit',
  'root',
]);

/** The same for what reads a memory's contents from a file: its name must be given, and be one of the bundle's own. */
const memoryReaders: ReadonlySet<string> = new Set(['readmemh', 'readmemb']);

/**
 * Compiler directives of the language; macros that the files define come on top. Those of tools, `systemc_* and `pragma
 * among them, are refused.
 */
const harmlessDirectives: ReadonlySet<string> = new Set([
  'default_nettype',
  'timescale',
  'include',
  'define',
  'undef',
  'undefineall',
  'ifdef',
  'ifndef',
  'elsif',
  'else',
  'endif',
  'resetall',
  'celldefine',
  'endcelldefine',
  'begin_keywords',
  'end_keywords',
  'unconnected_drive',
  'nounconnected_drive',
]);

/** What Verilator obeys in comments: these change warnings only. */
const harmlessComment = /^\s*verilator\s+(lint_off|lint_on)\b/;

/** Names that tools give directives of their own: no macro may have one. */
const toolDirective = /^(systemc|verilator|verilog|pragma|line|protect)/;

const plainFile = /^\w[\w.-]*$/;

/** One piece of a source: comments and blanks between pieces are left out. */
interface Token {
  readonly kind: 'word' | 'task' | 'directive' | 'string' | 'mark';
  readonly text: string;
  readonly at: number;
}

/**
 * Refuses RTL that does more than describe hardware: a bundle may come from anybody, and compiling or running its RTL
 * must not run programs, insert C++ or read and write files. Throws ADC6007 naming file and line. The lexer knows less
 * than a tool's: whatever two could read differently (strings over lines, joined tokens, odd characters) is refused.
 */
export function screenRtl(sources: readonly RtlText[]): void {
  const names = new Set(sources.map(({ path }) => path.split('/').at(-1) ?? ''));
  const tokens = sources.map(source => tokenize(source));
  const macros = new Set(
    tokens.flatMap(list =>
      list.flatMap((token, index) =>
        token.text === 'define' && token.kind === 'directive' ? [list[index + 1]?.text ?? ''] : [],
      ),
    ),
  );
  for (const [index, source] of sources.entries()) checkTokens(source, tokens[index], macros, names);
}

function refuse({ path, text }: RtlText, at: number, what: string): ChipError {
  return new ChipError('ADC6007', `${path} ${what}`, {
    location: { file: path, line: text.slice(0, at).split('\n').length },
    hint: 'Bundles are simulated and synthesised only where their RTL describes hardware and nothing else: docs/trust.md lists what is refused.',
  });
}

function checkTokens(
  source: RtlText,
  tokens: readonly Token[],
  macros: ReadonlySet<string>,
  names: ReadonlySet<string>,
): void {
  const fileAfter = (index: number, what: string): void => {
    const file = tokens[index];
    if (file?.kind !== 'string' || !plainFile.test(file.text) || !names.has(file.text))
      throw refuse(
        source,
        tokens[index - 1].at,
        `${what} a file that is not one of the bundle's RTL files by its plain name`,
      );
  };
  for (const [index, { kind, text, at }] of tokens.entries()) {
    if (kind === 'task') {
      if (memoryReaders.has(text)) fileAfter(index + 2, `reads ($${text})`);
      else if (!harmlessTasks.has(text)) throw refuse(source, at, `uses $${text}`);
    } else if (kind === 'directive') {
      if (toolDirective.test(text) || (!harmlessDirectives.has(text) && !macros.has(text)))
        throw refuse(source, at, `uses the directive \`${text}`);
      if (text === 'include') fileAfter(index + 1, 'includes');
    } else if (kind === 'string' && index > 0) {
      const before = tokens[index - 1];
      // import "DPI-C", export "DPI-C", and what a macro might make of it.
      if (
        (before.kind === 'word' && before.text !== 'return') ||
        (before.kind === 'directive' && before.text !== 'include')
      ) {
        throw refuse(source, at, `has a text after ${before.text}, as imports of C functions have`);
      }
    }
  }
}

function tokenize(source: RtlText): readonly Token[] {
  const { text } = source;
  const odd = /[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\uf900-\ufffd]|\r(?!\n)/.exec(text);
  if (odd !== null) throw refuse(source, odd.index, 'has characters that are in no source text');
  const tokens: Token[] = [];
  const pattern =
    /(?<blank>\s+)|(?<line>\/\/[^\n]*)|(?<block>\/\*[^]*?\*\/)|(?<string>"(?:[^"\\\n]|\\[nt"\\])*")|\\\r?\n|(?<escaped>\\[\w.[\]]+(?=\s))|\$(?<task>[A-Za-z_][\w$]*)|`(?<directive>[A-Za-z_]\w*)|(?<word>[A-Za-z_][\w$]*)|(?<number>\d[\w.]*)|(?<mark>\/(?![/*])|[!#%&()*+,\-.:;<=>?@[\]^{|}~'])|(?<end>\$(?=\s*\]))/gy;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const groups = pattern.exec(text)?.groups;
    if (groups === undefined)
      throw refuse(source, at, `has ${JSON.stringify(text.slice(at, at + 12))} where no token can be read`);
    const comment = groups['line']?.slice(2) ?? groups['block']?.slice(2, -2);
    if (comment !== undefined) {
      if (/^\s*verilator\b/.test(comment) && !harmlessComment.test(comment))
        throw refuse(source, at, `has the tool's comment ${JSON.stringify(comment.trim().slice(0, 40))}`);
      continue;
    }
    const kind = (['word', 'task', 'directive', 'string', 'mark'] as const).find(name => groups[name] !== undefined);
    if (kind !== undefined)
      tokens.push({ kind, at, text: kind === 'string' ? (groups[kind]?.slice(1, -1) ?? '') : (groups[kind] ?? '') });
    // Two texts in a row are one of three quotes, or a text that another tool ends elsewhere.
    if (kind === 'string' && text[pattern.lastIndex] === '"')
      throw refuse(source, at, 'has a text that begins where another ends');
  }
  return tokens;
}
