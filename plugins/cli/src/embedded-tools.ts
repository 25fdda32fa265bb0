import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { DocumentOf } from './documents/documents.js';

const embeddedTools = [
  {
    id: '@yowasp/yosys',
    purpose: 'synthesise chips, and simulate them, without installed tools',
    install: 'npm install @yowasp/yosys',
  },
  {
    id: '@yowasp/clang',
    purpose: 'compile simulators to WebAssembly without installed tools',
    install: 'npm install @yowasp/clang',
  },
] as const;

/** The tools that come as node packages, by the version in their package file; they are not started for this. */
export function findEmbeddedTools(): DocumentOf<'doctor'>['tools'] {
  return embeddedTools.map(tool => {
    const version = installedVersion(tool.id);
    const report = { ...tool, kind: 'embedded' } as const;
    return version === undefined ? { ...report, status: 'missing' } : { ...report, status: 'ok', version };
  });
}

function installedVersion(packageName: string): string | undefined {
  const folders = createRequire(import.meta.url).resolve.paths(packageName) ?? [];
  for (const folder of folders) {
    try {
      const manifest = JSON.parse(readFileSync(join(folder, packageName, 'package.json'), 'utf8')) as {
        readonly version?: unknown;
      };
      if (typeof manifest.version === 'string') return manifest.version;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}
