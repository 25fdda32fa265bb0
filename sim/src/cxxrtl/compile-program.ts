// Turns RTL into WebAssembly: Yosys writes C++, clang compiles it together with the harness.
//     node compile-program TASK-FILE
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { splitEvaluation } from './split-evaluation.js';

/** Files in folders, as the embedded tools take and return them. */
interface FileTree {
  [name: string]: FileTree | string | Uint8Array;
}

interface CommandOptions {
  readonly stdout: (bytes: Uint8Array | null) => void;
  readonly stderr: (bytes: Uint8Array | null) => void;
  readonly fetchProgress: () => void;
}

type Command = (
  commandArguments: readonly string[],
  files: FileTree,
  options: CommandOptions,
) => Promise<FileTree> | FileTree | undefined;

export interface CompileTask {
  readonly yosysModule: string;
  /** Module with the files that come with Yosys, the CXXRTL runtime among them. */
  readonly yosysResources: string;
  readonly clangModule: string;
  /** Leaves `accel_top_cxxrtl.hpp`. */
  readonly yosysScript: string;
  readonly clangArguments: readonly string[];
  /** By path with slashes. */
  readonly sources: readonly { readonly path: string; readonly content: string }[];
  readonly harness: readonly { readonly name: string; readonly content: string }[];
  /** File to write, in the folder of the task file. */
  readonly output: string;
}

const generatedHeader = 'accel_top_cxxrtl.hpp';
const compiledModule = 'simulator.wasm';

/** One file that a command leaves. Its failure ends the program, after what it printed. */
async function run(
  command: Command,
  commandArguments: readonly string[],
  files: FileTree,
  wanted: string,
): Promise<string | Uint8Array> {
  const print = (bytes: Uint8Array | null): void => {
    if (bytes !== null) process.stderr.write(bytes);
  };
  const left = await command(commandArguments, files, { stdout: print, stderr: print, fetchProgress: () => undefined });
  const file = left?.[wanted];
  if (typeof file === 'string' || file instanceof Uint8Array) return file;
  throw new Error(`${commandArguments[0]} did not write ${wanted}`);
}

function makeTree(sources: CompileTask['sources']): FileTree {
  const root: FileTree = {};
  for (const { path, content } of sources) {
    const parts = path.split('/');
    let folder = root;
    for (const part of parts.slice(0, -1)) folder = (folder[part] ??= {}) as FileTree;
    folder[parts.at(-1) ?? path] = content;
  }
  return root;
}

async function compile(task: CompileTask): Promise<string | Uint8Array> {
  const yosys = (await import(task.yosysModule)) as { readonly runYosys: Command };
  const header = await run(yosys.runYosys, ['-q', '-p', task.yosysScript], makeTree(task.sources), generatedHeader);
  const source = splitEvaluation(typeof header === 'string' ? header : new TextDecoder().decode(header));
  const resources = (await import(task.yosysResources)) as { readonly filesystem: FileTree };
  const runtime = ['share', 'include', 'backends', 'cxxrtl', 'runtime'].reduce<FileTree>(
    (tree, name) => tree[name] as FileTree,
    resources.filesystem,
  );
  const clang = (await import(task.clangModule)) as { readonly runClang: Command };
  const files: FileTree = { runtime, [generatedHeader]: source };
  for (const { name, content } of task.harness) files[name] = content;
  const clangArguments = [
    'clang++',
    ...task.clangArguments,
    '-Iruntime',
    '-I.',
    'cxxrtl_shim.cpp',
    '-o',
    compiledModule,
  ];
  return await run(clang.runClang, clangArguments, files, compiledModule);
}

const taskFile = process.argv[2] ?? '';
const task = JSON.parse(await readFile(taskFile, 'utf8')) as CompileTask;
try {
  await writeFile(join(dirname(taskFile), task.output), await compile(task));
} catch (error) {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
}
