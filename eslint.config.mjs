import tseslint from 'typescript-eslint';

const noDefaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export by name: a name that is the same everywhere can be searched for.',
};
const consoleOutput = 'Results go to stdout through the command line, messages through the Log service.';

const userFiles =
  'What users name is read by readInputFile and its like in core/src/files: regular files only, none beyond its cap.';
const sources = [
  'core/src/**/*.ts',
  'plugins/*/src/**/*.ts',
  'ip-plugins/*/src/**/*.ts',
  'platform-plugins/*/src/**/*.ts',
  'sim/src/**/*.ts',
];

/**
 * They read no file that a user names: files of the packages themselves, of the cache, and what tools left in folders
 * of ours.
 */
const readersOfOwnFiles = [
  'core/src/files/**',
  'core/src/services/default/file-artifact-store.ts',
  'plugins/accel-shared/src/emit/rtl-files.ts',
  'ip-plugins/*/src/plugin.ts',
  'plugins/cli/src/package-version.ts',
  'plugins/cli/src/embedded-tools.ts',
  'plugins/nextpnr/src/place-netlist.ts',
  'plugins/yosys/src/embedded-main.ts',
  'plugins/yosys/src/read-results.ts',
  'plugins/yosys/src/write-netlist.ts',
  'sim/src/harness-sources.ts',
  'sim/src/run-folder.ts',
  'sim/src/icarus/icarus-simulator.ts',
  'sim/src/cxxrtl/**',
];

export default tseslint.config(
  { ignores: ['**/node_modules/', '**/dist/', 'out/', '**/generated/', '**/*_pb.ts', '**/*.js', '.cache/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.base],
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: false }],
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': 'allow-with-description' }],
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-restricted-syntax': ['error', noDefaultExport],
      'no-warning-comments': 'error',
      'max-lines': ['warn', { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: sources,
    rules: {
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Use createRandom with a seed.' },
      ],
    },
  },
  {
    files: ['core/src/**/*.ts', 'ip-plugins/*/src/**/*.ts', 'platform-plugins/*/src/**/*.ts'],
    rules: { 'no-restricted-globals': ['error', { name: 'console', message: consoleOutput }] },
  },
  {
    files: sources,
    ignores: readersOfOwnFiles,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: 'node:fs',
              importNames: [
                'readFile',
                'readFileSync',
                'createReadStream',
                'open',
                'openSync',
                'openAsBlob',
                'read',
                'readSync',
                'promises',
              ],
              message: userFiles,
            },
            { name: 'node:fs/promises', importNames: ['readFile', 'open'], message: userFiles },
          ],
        },
      ],
    },
  },
);
