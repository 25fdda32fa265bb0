/**
 * Characters of C++ in one part: clang takes time by the square of a function's size, and every call costs some at run
 * time.
 */
const partCharacters = 20_000;

const evaluationStart = 'bool p_accel__top::eval(performer *performer) {\n';
const evaluationEnd = '\treturn converged;\n}\n';
const declaration = '\tbool eval(performer *performer = nullptr) override;\n';

/**
 * Cuts the one function that `write_cxxrtl` makes of a flattened chip into parts that a compiler is quick with: a chip
 * of 256 multipliers takes a minute instead of more than ten. Local values become members. C++ in which anything is
 * not as expected comes back as it was: it means the same.
 */
export function splitEvaluation(source: string): string {
  const start = source.indexOf(evaluationStart);
  const end = source.indexOf(evaluationEnd, start);
  const declared = source.indexOf(declaration);
  if (start < 0 || end < 0 || declared < 0 || source.indexOf(declaration, declared + 1) >= 0) return source;
  const body = readBody(source.slice(start + evaluationStart.length, end));
  if (body === undefined) return source;
  const parts = groupStatements(body.statements);
  const calls = parts.map((_, index) => `eval_part_${index}(posedge_p_clk)`);
  return [
    source.slice(0, declared),
    declaration,
    ...body.members.map(member => `\t${member}\n`),
    ...parts.map((_, index) => `\tvoid eval_part_${index}(bool posedge_p_clk);\n`),
    source.slice(declared + declaration.length, start),
    ...parts.map((statements, index) =>
      [
        `__attribute__((noinline)) void p_accel__top::eval_part_${index}(bool posedge_p_clk) {\n`,
        '\t(void)posedge_p_clk;\n',
        ...statements,
        '}\n\n',
      ].join(''),
    ),
    evaluationStart,
    '\tconst bool posedge_p_clk = this->posedge_p_clk();\n',
    ...calls.map(call => `\t${call};\n`),
    `\treturn ${body.converges};\n}\n`,
    source.slice(end + evaluationEnd.length),
  ].join('');
}

interface EvaluationBody {
  /** Declarations of what were local values. */
  readonly members: readonly string[];
  readonly statements: readonly string[];
  /** What the function returns: whether one evaluation settles everything. */
  readonly converges: 'true' | 'false';
}

function readBody(text: string): EvaluationBody | undefined {
  const members: string[] = [];
  const statements: string[] = [];
  let converges: 'true' | 'false' | undefined;
  let edgeKnown = false;
  for (const statement of topStatements(text)) {
    const convergence = /^\tbool converged = (true|false);\n$/.exec(statement)?.[1];
    const local = /^\t(value<\d+>) (\w+)( = [^]*)?;\n$/.exec(statement);
    if (convergence !== undefined) converges = convergence === 'true' ? 'true' : 'false';
    else if (statement === '\tbool posedge_p_clk = this->posedge_p_clk();\n') edgeKnown = true;
    else if (/\b(converged|performer)\b/.test(statement)) return undefined;
    else if (local === null) statements.push(statement);
    else {
      members.push(`${local[1]} ${local[2]};`);
      if (local[3] !== undefined) statements.push(`\t${local[2]}${local[3]};\n`);
    }
  }
  return converges === undefined || !edgeKnown ? undefined : { members, statements, converges };
}

/** Statements of the outermost level, each with its line breaks; comments are left out. */
function* topStatements(text: string): Generator<string> {
  let statement = '';
  for (const line of text.split('\n')) {
    if (line === '' || /^\s*\/\//.test(line)) continue;
    statement += `${line}\n`;
    if (!/^\t\S/.test(line) || !(line.endsWith(';') || line === '\t}')) continue;
    yield statement;
    statement = '';
  }
  if (statement !== '') yield statement;
}

/** Statements that share a temporary stay together. */
function groupStatements(statements: readonly string[]): readonly (readonly string[])[] {
  const lastUse = new Map<string, number>();
  for (const [index, statement] of statements.entries()) {
    for (const [name] of statement.matchAll(/\btmp_\d+\b/g)) lastUse.set(name, index);
  }
  const parts: string[][] = [];
  let part: string[] = [];
  let characters = 0;
  let together = -1;
  for (const [index, statement] of statements.entries()) {
    for (const [name] of statement.matchAll(/\btmp_\d+\b/g)) together = Math.max(together, lastUse.get(name) ?? index);
    part.push(statement);
    characters += statement.length;
    if (characters < partCharacters || index < together) continue;
    parts.push(part);
    part = [];
    characters = 0;
  }
  if (part.length > 0) parts.push(part);
  return parts;
}
