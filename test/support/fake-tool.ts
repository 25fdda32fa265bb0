import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ToolDescription } from '@autodnnchip/core';
import { temporaryFolder } from './temporary-folder.js';

/** A tool that is a shell script: `script` runs when it is called for anything but its version. */
export function fakeTool(script: string, version = '5.006'): ToolDescription {
  const executable = join(temporaryFolder(), 'faketool');
  writeFileSync(
    executable,
    `#!/bin/sh\nif [ "$1" = --version ]; then echo "Faketool ${version}"; exit 0; fi\n${script}\n`,
  );
  chmodSync(executable, 0o755);
  return {
    id: 'faketool',
    executable,
    purpose: 'pretend',
    installHint: 'apt-get install faketool',
    versionArguments: ['--version'],
    versionPattern: /Faketool (\d+\.\d+)/,
    errorPattern: /^%Error/,
  };
}
