/**
 * Runs every test/**\/*.test.ts from source, each in a process of its own with a time limit, two at a time. The last
 * line is `N passed, N failed`. A file may ask for more time: `// time-limit-seconds: 600` among its first lines.
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const parallel = 2;
const defaultTimeLimitSeconds = 300;
const keptOutputBytes = 2 ** 20;

/** Exit code: 0 when every test passes. `folder` is the one that holds the test files. */
export async function runTests(filters, folder = join(root, 'test')) {
  const files = findTestFiles(folder)
    .filter(file => filters.length === 0 || filters.some(filter => file.includes(filter)))
    // Long ones first, so that none is left alone at the end.
    .sort((left, right) => timeLimit(right) - timeLimit(left) || left.localeCompare(right));
  const started = performance.now();
  const results = [];
  const queue = [...files];
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
        const result = await runFile(file);
        results.push(result);
        report(result);
      }
    }),
  );
  return summarise(results, (performance.now() - started) / 1000);
}

function findTestFiles(folder) {
  return readdirSync(folder, { recursive: true })
    .filter(name => name.endsWith('.test.ts') && !name.split(sep).includes('node_modules'))
    .map(name => relative(root, join(folder, name)));
}

function timeLimit(file) {
  const match = /^\/\/ time-limit-seconds: (\d+)$/m.exec(readFileSync(join(root, file), 'utf8').slice(0, 1000));
  return match === null ? defaultTimeLimitSeconds : Number(match[1]);
}

async function runFile(file) {
  const started = performance.now();
  if (!/\.run\(/.test(readFileSync(join(root, file), 'utf8'))) {
    return {
      file,
      passed: 0,
      failed: 1,
      skipped: 0,
      notes: [],
      output: 'The file never calls `.run()`: uvu runs nothing.\n',
      seconds: 0,
    };
  }
  const seconds = timeLimit(file);
  const { output, code, timedOut } = await execute(file, seconds);
  const total = lastCount(output, 'Total');
  const passed = lastCount(output, 'Passed') ?? 0;
  const skipped = lastCount(output, 'Skipped') ?? 0;
  let failed = Math.max((total ?? 0) - passed, 0);
  let problem = '';
  if (timedOut) problem = `Killed after its time limit of ${seconds} s.\n`;
  else if (total === undefined || total + skipped === 0) problem = `No test ran (exit code ${code}).\n`;
  else if (code !== 0 && failed === 0) problem = `The process ended with exit code ${code}.\n`;
  if (problem !== '' && failed === 0) failed = 1;
  const notes = output.split('\n').filter(line => line.startsWith('[skipped] '));
  return {
    file,
    passed,
    failed,
    skipped,
    notes,
    output: output + problem,
    seconds: (performance.now() - started) / 1000,
  };
}

function lastCount(output, label) {
  const matches = [...output.matchAll(new RegExp(`^\\s*${label}:\\s+(\\d+)\\s*$`, 'gm'))];
  return matches.length === 0 ? undefined : Number(matches[matches.length - 1][1]);
}

/** Runs one file in a process group of its own, so that a hanging tool goes with it. */
function execute(file, seconds) {
  return new Promise(resolve => {
    const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=@autodnnchip/source', file], {
      cwd: root,
      detached: process.platform !== 'win32',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
    });
    let output = '';
    let timedOut = false;
    const collect = chunk => {
      output = (output + chunk).slice(-keptOutputBytes);
    };
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    const killGroup = () => {
      try {
        process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
      } catch {
        // Everything has ended already.
      }
    };
    const timer = setTimeout(() => {
      timedOut = true;
      killGroup();
    }, seconds * 1000);
    process.once('exit', killGroup);
    child.once('exit', () => setTimeout(killGroup, 500).unref());
    child.once('close', code => {
      clearTimeout(timer);
      process.removeListener('exit', killGroup);
      resolve({ output, code, timedOut });
    });
  });
}

function report({ file, passed, failed, skipped, output, seconds }) {
  const counts = `${passed} passed${failed > 0 ? `, ${failed} FAILED` : ''}${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  process.stdout.write(`${failed > 0 ? 'FAIL' : 'ok  '} ${file}  ${counts}  ${seconds.toFixed(1)} s\n`);
  if (failed > 0)
    process.stdout.write(
      `${output
        .split('\n')
        .map(line => `     | ${line}`)
        .join('\n')}\n`,
    );
}

function summarise(results, seconds) {
  const sum = key => results.reduce((total, result) => total + result[key], 0);
  const notes = results.flatMap(result => result.notes);
  process.stdout.write(`\n${results.length} files in ${seconds.toFixed(0)} s\n`);
  if (notes.length > 0)
    process.stdout.write(
      `Skipped because tools are missing:\n${notes.map(note => `  ${note.slice('[skipped] '.length)}`).join('\n')}\n`,
    );
  const failedFiles = results
    .filter(result => result.failed > 0)
    .map(result => result.file)
    .sort();
  if (failedFiles.length > 0) process.stdout.write(`Failed:\n${failedFiles.map(file => `  ${file}`).join('\n')}\n`);
  process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed\n`);
  if (results.length === 0) {
    process.stderr.write('No test file matches.\n');
    return 1;
  }
  return sum('failed') > 0 ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  process.exitCode = await runTests(process.argv.slice(2));
