'use strict';

const tseslint = require('typescript-eslint');

const WALL = "lib and runtime share only the contracts in 'lib/private'";
const LIB_IMPORTS = {
  regex: '^(?!(aws-cdk-lib$|constructs$|node:(path|fs|crypto)$|\\.{1,2}/))',
  message: "constructs import aws-cdk-lib, constructs and lib only, a service as { aws_s3 as s3 } from 'aws-cdk-lib': each other path of it costs every app time",
};
const HANDED_IN = 'core is handed its clock, its randomness and its environment';

module.exports = tseslint.config(
  { ignores: ['**/*.d.ts', 'lib/**/*.js', 'dist/', 'assets/', 'cdk.out/', 'coverage/', '.local/', '**/*.snapshot/', 'bench/**/*.js'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts', '**/*.mjs', '**/*.js', '**/*.cjs'],
    rules: {
      eqeqeq: 'error',
      radix: 'error',
      'no-debugger': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-promise-executor-return': 'off',
      'no-unsafe-finally': 'error',
      'no-self-compare': 'error',
      'no-unreachable': 'error',
      'no-dupe-keys': 'error',
      'no-duplicate-imports': ['error', { allowSeparateTypeImports: true }],
      'no-cond-assign': 'error',
      'use-isnan': 'error',
      'valid-typeof': 'error',
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommended],
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': true, 'ts-ignore': true, 'ts-nocheck': true }],
    },
  },
  {
    files: ['lib/**/*.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [LIB_IMPORTS, { regex: '^\\.{1,2}/(.*/)?(runtime|local|bin|test)(/|$)', message: WALL }] }],
    },
  },
  {
    files: ['runtime/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: runtimePatterns() }] },
  },
  {
    files: ['runtime/core/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            ...runtimePatterns(),
            { regex: '^@(aws-sdk|smithy|aws-lambda-powertools)/', message: 'core knows no SDK: it is handed ports' },
            { regex: '(^|/)(aws|handlers|cli)(/|$)', message: 'core knows no adapter, no handler and no command line: it is handed ports' },
            { regex: '^(node:)?(timers(/.*)?|perf_hooks|process|os|fs(/.*)?|net|tls|http|https|dns(/.*)?|child_process|worker_threads)$', message: HANDED_IN },
          ],
          paths: ['node:crypto', 'crypto'].map((name) => ({ name, allowImportNames: ['createHash'], message: HANDED_IN })),
        },
      ],
      'no-restricted-globals': [
        'error',
        ...['Date', 'performance', 'process', 'crypto', 'fetch', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'require', 'globalThis', 'global'].map((name) => ({ name, message: HANDED_IN })),
      ],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: HANDED_IN }, { object: 'AbortSignal', property: 'timeout', message: HANDED_IN }],
    },
  },
  {
    files: ['runtime/aws/**/*.ts', 'runtime/handlers/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [...runtimePatterns(), { regex: '(^|/)cli(/|$)', message: 'the command line imports adapters, and nothing of the product imports it' }] }] },
  },
  {
    files: ['runtime/cli/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [...runtimePatterns(), { regex: '(^|/)handlers(/|$)', message: 'the command line and the handlers share core and aws, not each other' }] }] },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'off',
      'no-restricted-syntax': [
        'error',
        { selector: 'MemberExpression[object.name=/^(test|it|describe)$/][property.name=/^(only|skip|todo|failing)$/]', message: 'no focused or skipped tests' },
        { selector: 'MemberExpression[object.property.name="each"][property.name=/^(only|skip)$/]', message: 'no focused or skipped tests' },
        { selector: 'CallExpression[callee.name=/^(fit|xit|xtest|fdescribe|xdescribe)$/]', message: 'no focused or skipped tests' },
      ],
    },
  },
);

function runtimePatterns() {
  return [
    { regex: '^(aws-cdk-lib|constructs)(/|$)', message: 'what runs later knows no CDK' },
    { regex: '^\\.{1,2}/(.*/)?lib/(?!private/(?:controller-)?contract$)', message: WALL },
    { regex: '^\\.{1,2}/(.*/)?(local|bin|test)(/|$)', message: 'the product imports nothing that only tests or rehearsals use' },
  ];
}
