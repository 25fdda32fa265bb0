import { ChipError } from '@autodnnchip/core';

/** A SystemVerilog file, or a file that one of them reads or includes. */
export interface SourceFile {
  /** Path for messages; its last part is the name that `include` and $readmemh find it under. */
  readonly path: string;
  readonly text: string;
}

/** A source under the name that Yosys sees. */
export interface StagedFile {
  readonly name: string;
  readonly path: string;
  readonly text: string;
  /** Whether it is read for itself, not only when another file asks for it. */
  readonly isRoot: boolean;
}

const rootPattern = /\.(sv|v)$/;

/** Names that are safe in a Yosys script, one folder for all; packages come before what may use them. */
export function stageSources(sources: readonly SourceFile[]): readonly StagedFile[] {
  const staged = sources.map(({ path, text }) => {
    const name = (path.split(/[\\/]/).pop() ?? '').replace(/[^A-Za-z0-9_.-]/g, '_').replace(/^[.-]+/, '_');
    return { name, path, text, isRoot: rootPattern.test(name) };
  });
  const seen = new Map<string, string>();
  for (const { name, path } of staged) {
    const other = seen.get(name);
    if (other !== undefined) {
      throw new ChipError('ADC4012', `Two source files are named ${name}: ${other} and ${path}`, {
        location: { file: path },
        hint: 'Rename one of them.',
      });
    }
    seen.set(name, path);
  }
  if (!staged.some(({ isRoot }) => isRoot)) {
    throw new ChipError('ADC4012', 'There is no SystemVerilog file to synthesise', {
      hint: 'Give at least one file that ends in .sv or .v.',
    });
  }
  const definesPackage = ({ text }: StagedFile): boolean => /^\s*package\s+\w+\s*;/m.test(text);
  return [...staged.filter(definesPackage), ...staged.filter(file => !definesPackage(file))];
}
