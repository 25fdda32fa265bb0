import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

import type { BundleFile } from '@autodnnchip/core';

import type { AccelSharedConfiguration } from '../configuration.js';
import { chipOf } from '../chip/chip.js';
import { instructionPackage } from './instruction-package.js';
import { enginePackages, windowPackage } from './task-packages.js';
import { topModule } from './top-module.js';

/** SystemVerilog that several blocks share: a package of its own. */
const sharedRtl = dirname(createRequire(import.meta.url).resolve('@autodnnchip/rtl-templates/package.json'));

/** Packages first: what comes after reads them. */
function sharedFiles(): BundleFile[] {
  const folders = readdirSync(sharedRtl, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
    .sort();
  const files = folders.flatMap(folder =>
    readdirSync(join(sharedRtl, folder))
      .filter(name => name.endsWith('.sv'))
      .sort()
      .map(name => ({ path: `rtl/${name}`, content: readFileSync(join(sharedRtl, folder, name), 'utf8') })),
  );
  const isPackage = ({ path }: BundleFile): boolean => path.endsWith('_pkg.sv');
  return [...files.filter(isPackage), ...files.filter(file => !isPackage(file))];
}

/** The chip's SystemVerilog in compilation order: packages, library, engines, top. Paths are relative to the bundle. */
export function rtlFiles(configuration: AccelSharedConfiguration, layerCount: number): BundleFile[] {
  const chip = chipOf(configuration);
  // Engines of one kind have their files once.
  const engines = new Map(
    configuration.engines.flatMap(engine =>
      engine.rtl().map(({ path, content }) => {
        const place = `rtl/${basename(path)}`;
        return [place, { path: place, content }] as const;
      }),
    ),
  );
  return [
    { path: 'rtl/instruction_pkg.sv', content: instructionPackage(chip) },
    { path: 'rtl/window_pkg.sv', content: windowPackage() },
    ...Array.from(enginePackages(chip), ([module, content]) => ({ path: `rtl/${module}_pkg.sv`, content })),
    ...sharedFiles(),
    ...engines.values(),
    { path: 'rtl/accel_top.sv', content: topModule(chip, configuration, layerCount) },
  ];
}
