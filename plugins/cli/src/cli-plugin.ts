import { definePlugin, HostFacts, Log, PluginLoader, type Log as LogService } from '@autodnnchip/core';
import { buildCommand } from './commands/build.js';
import { doctorCommand } from './commands/doctor.js';
import { pluginsCommand } from './commands/plugins.js';
import { predictCommand } from './commands/predict.js';
import { simulateCommand } from './commands/simulate.js';
import { synthesizeCommand } from './commands/synthesize.js';
import { loadPluginModule } from './load-plugin-module.js';
import { packageVersion } from './package-version.js';
import { createSystemHostFacts } from './system-host-facts.js';

/** The commands of the command line, the log that it shows at the terminal, and how it loads plugins. */
export const cliPlugin = definePlugin((log: LogService, workingDirectory: string) => ({
  name: '@autodnnchip/plugin-cli',
  apiVersion: 1,
  version: packageVersion(),
  apply(chip) {
    chip.bind(Log, [], () => log);
    chip.bind(PluginLoader, [], () => ({
      load: async specifier => await loadPluginModule(specifier, workingDirectory),
    }));
    chip.bind(HostFacts, [], createSystemHostFacts);
    chip.hooks.defineCommands.tap('commands', commands => {
      for (const command of [
        buildCommand,
        predictCommand,
        simulateCommand,
        synthesizeCommand,
        pluginsCommand,
        doctorCommand,
      ])
        commands.add(command);
    });
  },
}));
