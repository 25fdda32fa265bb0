import tseslint from 'typescript-eslint';

const noDefaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export by name: a name that is the same everywhere can be searched for.',
};
const consoleOutput = 'Results go to stdout through the command line, messages through the Log service.';

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
      'eqeqeq': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-restricted-syntax': ['error', noDefaultExport],
      'no-warning-comments': 'error',
      'max-lines': ['warn', { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['core/src/**/*.ts', 'plugins/*/src/**/*.ts', 'ip-plugins/*/src/**/*.ts', 'platform-plugins/*/src/**/*.ts', 'sim/src/**/*.ts'],
    rules: { 'no-console': 'error', 'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: 'Use createRandom with a seed.' }] },
  },
  {
    files: ['core/src/**/*.ts', 'ip-plugins/*/src/**/*.ts', 'platform-plugins/*/src/**/*.ts'],
    rules: { 'no-restricted-globals': ['error', { name: 'console', message: consoleOutput }] },
  },
);
