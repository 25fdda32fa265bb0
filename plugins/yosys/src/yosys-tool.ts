import { ChipError, compareVersions, knownTools, type ToolDescription, type ToolRunner } from '@autodnnchip/core';
import { fileURLToPath } from 'node:url';
import { dirname } from 'node:path';

/** A Yosys that can run a script in a folder. */
export interface YosysTool {
  readonly name: 'yosys' | '@yowasp/yosys';
  /** Runs `scriptName` with `folder` as its working directory; everything that it writes ends up there. */
  run(folder: string, scriptName: string, timeLimitSeconds: number, signal?: AbortSignal): Promise<void>;
}

/** Which Yosys to take: the installed one, the embedded one, or the installed one where there is one that works. */
export type YosysChoice = 'native' | 'embedded' | 'best';

const native = knownTools.yosys;
const embeddedPackage = '@yowasp/yosys';
const embeddedInstallHint = `npm install ${embeddedPackage}`;

/**
 * Node running the embedded Yosys, in a process of its own: WebAssembly that hangs can only be stopped from outside.
 */
function embeddedTool(version: string): ToolDescription {
  return {
    id: embeddedPackage,
    executable: process.execPath,
    purpose: 'synthesise chips without an installed Yosys',
    installHint: embeddedInstallHint,
    // The version of interest is the package's, not Node's: Node prints it back.
    versionArguments: ['--print', JSON.stringify(version)],
    versionPattern: /(\S+)/,
    errorPattern: native.errorPattern,
  };
}

export async function findYosys(choice: YosysChoice, runner: ToolRunner): Promise<YosysTool> {
  if (choice === 'native') {
    await runner.require(native);
    return nativeYosys(runner);
  }
  if (choice === 'best') {
    const found = await runner.find(native);
    if (found !== undefined && compareVersions(found.version, native.minimumVersion) >= 0) return nativeYosys(runner);
  }
  const version = await embeddedVersion();
  if (version === undefined) {
    throw new ChipError(
      'ADC4001',
      'Neither yosys nor @yowasp/yosys is installed; one of them is needed to synthesise chips',
      {
        hint: `Install one: ${native.installHint}, or ${embeddedInstallHint}`,
      },
    );
  }
  return embeddedYosys(embeddedTool(version), runner);
}

function nativeYosys(runner: ToolRunner): YosysTool {
  return {
    name: 'yosys',
    async run(folder, scriptName, timeLimitSeconds, signal) {
      await runner.run({
        tool: native,
        arguments: ['-q', '-s', scriptName],
        workingDirectory: folder,
        timeLimitSeconds,
        ...(signal === undefined ? {} : { signal }),
      });
    },
  };
}

function embeddedYosys(tool: ToolDescription, runner: ToolRunner): YosysTool {
  return {
    name: embeddedPackage,
    async run(folder, scriptName, timeLimitSeconds, signal) {
      // The same file runs compiled or, in this repository, from source.
      const compiled = fileURLToPath(new URL('./embedded-main.js', import.meta.url));
      const main = import.meta.url.endsWith('.ts') ? compiled.replace(/\.js$/, '.ts') : compiled;
      await runner.run({
        tool,
        arguments: [
          ...process.execArgv.filter(argument => !argument.startsWith('--inspect')),
          main,
          folder,
          scriptName,
        ],
        workingDirectory: dirname(main),
        timeLimitSeconds,
        ...(signal === undefined ? {} : { signal }),
      });
    },
  };
}

/** Version of the embedded package; undefined where it is not installed. Loading it does not start it. */
async function embeddedVersion(): Promise<string | undefined> {
  try {
    const { version } = await import('@yowasp/yosys');
    return version;
  } catch {
    return undefined;
  }
}
