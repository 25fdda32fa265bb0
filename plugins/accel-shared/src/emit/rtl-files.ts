import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { BundleFile } from '@autodnnchip/core';

import type { AccelSharedConfiguration } from '../configuration.js';
import { chipOf } from '../chip/chip.js';
import { instructionPackage } from './instruction-package.js';
import { enginePackages, windowPackage } from './task-packages.js';
import { topModule } from './top-module.js';

/** SystemVerilog that several blocks share: the folder `rtl-templates` of the repository. */
const sharedRtl = fileURLToPath(new URL('../../../../rtl-templates', import.meta.url));

function sharedFiles(): BundleFile[] {
  const folders = readdirSync(sharedRtl, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
  return folders.flatMap((folder) => readdirSync(join(sharedRtl, folder)).filter((name) => name.endsWith('.sv')).sort()
    .map((name) => ({ path: `rtl/${name}`, content: readFileSync(join(sharedRtl, folder, name), 'utf8') })));
}

/** The chip's SystemVerilog in compilation order: packages, library, engines, top. Paths are relative to the bundle. */
export function rtlFiles(configuration: AccelSharedConfiguration, layerCount: number): BundleFile[] {
  const engines = configuration.engines.flatMap((engine) => engine.rtl().map((file) => ({ path: `rtl/${basename(file.path)}`, content: file.content })));
  const chip = chipOf(configuration);
  return [
    { path: 'rtl/instruction_pkg.sv', content: instructionPackage(chip) },
    { path: 'rtl/window_pkg.sv', content: windowPackage() },
    ...Array.from(enginePackages(chip), ([module, content]) => ({ path: `rtl/${module}_pkg.sv`, content })),
    ...sharedFiles(),
    ...engines,
    { path: 'rtl/accel_top.sv', content: topModule(chip, configuration, layerCount) },
  ];
}
