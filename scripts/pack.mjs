/** Packs every package of the workspace, with the licence, as `npm publish` would. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Folders of the workspace's packages. */
export function packageFolders() {
  const { workspaces } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return workspaces
    .flatMap(pattern =>
      pattern.endsWith('/*')
        ? readdirSync(join(root, dirname(pattern))).map(name => join(root, dirname(pattern), name))
        : [join(root, pattern)],
    )
    .filter(folder => existsSync(join(folder, 'package.json')));
}

/** Packs all packages into `target`; returns the paths of the archives. Packages must be compiled. */
export function packAll(target) {
  return packageFolders().map(folder => packPackage(folder, target));
}

/** Packs one package, whose scripts do not run; returns the path of its archive. */
export function packPackage(folder, target) {
  const license = join(folder, 'LICENSE');
  const isOwn = existsSync(license);
  if (!isOwn) copyFileSync(join(root, 'LICENSE'), license);
  try {
    const { status, stdout, stderr } = spawnSync(
      'npm',
      ['pack', '--json', '--ignore-scripts', '--pack-destination', target],
      {
        cwd: folder,
        encoding: 'utf8',
        shell: process.platform === 'win32',
      },
    );
    if (status !== 0) throw new Error(`npm pack fails in ${folder}:\n${stderr}`);
    return join(target, JSON.parse(stdout)[0].filename);
  } finally {
    if (!isOwn) rmSync(license);
  }
}
