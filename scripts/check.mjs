/**
 * `npm run check`: types, format, lint, import directions, unused code, committed schemas and lock file. Runs all, then fails
 * if one failed.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

function tool(packagePath, ...parameters) {
  return () =>
    spawnSync(process.execPath, [join('node_modules', packagePath), ...parameters], { cwd: root, stdio: 'inherit' })
      .status === 0;
}

/** Whoever installs from another registry must not find ours in the lock file. */
function lockFileNamesNoHost() {
  const hosts = readFileSync(join(root, 'package-lock.json'), 'utf8').match(/"resolved": "https?:[^"]*"/g) ?? [];
  if (hosts.length > 0)
    console.log(
      `package-lock.json names registry hosts, for instance ${hosts[0]}: install with the settings of .npmrc.`,
    );
  return hosts.length === 0;
}

const checks = [
  ['types of the packages', tool('typescript/bin/tsc', '-b')],
  ['types of tests', tool('typescript/bin/tsc', '-p', 'test')],
  ['types of benchmarks', tool('typescript/bin/tsc', '-p', 'bench')],
  ['types of scripts', tool('typescript/bin/tsc', '-p', 'scripts')],
  ['format', tool('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.')],
  ['lint', tool('eslint/bin/eslint.js', '.')],
  [
    'import directions',
    tool(
      'dependency-cruiser/bin/dependency-cruise.mjs',
      '--config',
      '.dependency-cruiser.mjs',
      '--output-type',
      'err-long',
      'core',
      'plugins',
      'ip-plugins',
      'platform-plugins',
      'sim',
    ),
  ],
  ['unused code', tool('knip/bin/knip.js')],
  ['lock file', lockFileNamesNoHost],
];

const failed = [];
for (const [name, check] of checks) {
  console.log(`== ${name}`);
  if (!check()) failed.push(name);
}
console.log(failed.length === 0 ? '\nAll checks pass.' : `\nFailed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
