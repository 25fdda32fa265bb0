/** Options that every command has and that decide how the framework itself starts, before commands are known. */
export interface GlobalOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** False after `--no-color`. */
  readonly color: boolean;
  /** Paths or package names of further plugins. */
  readonly plugins: readonly string[];
}

/** What help says of each. */
export const globalOptionHelp: readonly { readonly flags: string; readonly description: string }[] = [
  { flags: '--json', description: 'print the result as one JSON document' },
  { flags: '--quiet', description: 'show no progress' },
  { flags: '--verbose', description: 'show details, and causes of errors' },
  { flags: '--no-color', description: 'no colours (NO_COLOR does the same)' },
  { flags: '--plugin <path-or-package>', description: 'load this plugin too; may be given several times' },
];

/** Finds the global options anywhere before `--`. */
export function scanGlobalOptions(argv: readonly string[]): GlobalOptions {
  const end = argv.indexOf('--');
  const scanned = end === -1 ? argv : argv.slice(0, end);
  const plugins: string[] = [];
  for (const [index, argument] of scanned.entries()) {
    if (argument === '--plugin' && scanned[index + 1] !== undefined) plugins.push(scanned[index + 1]);
    else if (argument.startsWith('--plugin=')) plugins.push(argument.slice('--plugin='.length));
  }
  return {
    json: scanned.includes('--json'),
    quiet: scanned.includes('--quiet'),
    verbose: scanned.includes('--verbose'),
    color: !scanned.includes('--no-color'),
    plugins,
  };
}
