/** Import directions of the rooms: see the table of rooms in README.md. Every rule says why it is there. */
const rooms = '^(core|plugins|ip-plugins|platform-plugins|sim)/';
const composition = '^plugins/cli/src/default-plugins\\.ts$';

export default {
  forbidden: [
    {
      name: 'core-imports-no-room',
      comment:
        'The core is what everything else stands on: it offers hooks and services, and knows none of those who use them.',
      severity: 'error',
      from: { path: '^core/' },
      to: { path: '^(plugins|ip-plugins|platform-plugins|sim|rtl-templates|test|bench)/' },
    },
    {
      name: 'packages-do-not-import-each-other',
      comment:
        'What a package needs from another it gets through a hook or a service of the core, so that each can be left out or replaced. Only plugins/cli/src/default-plugins.ts puts them together.',
      severity: 'error',
      from: { path: '^(plugins|ip-plugins|platform-plugins)/([^/]+)/', pathNot: composition },
      to: { path: '^(plugins|ip-plugins|platform-plugins|sim)/', pathNot: '^$1/$2/' },
    },
    {
      name: 'sim-imports-core-only',
      comment:
        'The harness works with any bundle: what it needs of a chip is in the bundle or comes through a service of the core.',
      severity: 'error',
      from: { path: '^sim/' },
      to: { path: '^(plugins|ip-plugins|platform-plugins)/' },
    },
    {
      name: 'no-room-imports-tests',
      comment: 'Tests and benchmarks are not shipped.',
      severity: 'error',
      from: { path: rooms },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'no-circles',
      comment:
        'Modules that need each other at run time are one module in two files: take out what both need. (Types may refer to each other.)',
      severity: 'error',
      from: { path: rooms },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|node_modules)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@autodnnchip/source', 'import', 'default'],
    },
  },
};
