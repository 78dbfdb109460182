import tseslint from 'typescript-eslint';

const adaptersOnly =
  'domain is pure: it takes plain functions, a clock and a random source; the SDK and I/O belong to source/adapters.';

export default tseslint.config(
  {
    ignores: [
      'node_modules/',
      '.venv/',
      '.venv-aws-cli/',
      '.venv-checkov/',
      '.local-cloud/',
      'deployment/*-s3-assets/',
      'dist/',
      'deployment/build/',
      'coverage/',
    ],
  },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ImportSpecifier[importKind="type"]',
          message: 'types are imported by an `import type` of their own.',
        },
      ],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['source/domain/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: [
                '@aws-sdk/*',
                '@smithy/*',
                '@aws-lambda-powertools/*',
                '**/adapters/**',
                '**/lambda/**',
                '**/custom-resources/**',
                'node:fs*',
                'node:http*',
                'node:net',
                'node:os',
                'node:process',
                'node:child_process',
                'node:timers*',
              ],
              message: adaptersOnly,
            },
          ],
        },
      ],
      'no-restricted-globals': [
        'error',
        { name: 'process', message: adaptersOnly },
        { name: 'setTimeout', message: adaptersOnly },
        { name: 'fetch', message: adaptersOnly },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: adaptersOnly },
        { object: 'Math', property: 'random', message: adaptersOnly },
      ],
    },
  },
  {
    files: ['source/**'],
    ignores: ['source/domain/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['**/tools/**', '**/test/**'], message: 'shipped code imports nothing from tools or test.' },
          ],
        },
      ],
    },
  },
  {
    files: ['tools/**', 'deployment/**', 'test/**'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**'],
    rules: { '@typescript-eslint/no-unused-expressions': 'off', '@typescript-eslint/require-await': 'off' },
  },
  { files: ['**/*.js'], ...tseslint.configs.disableTypeChecked },
);
