'use strict';

const CONTRACT = '^lib/private/(controller-)?contract\\.ts$';

/** The rooms' walls, checked on resolved files; eslint.config.js checks the same on the import's text. */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    // 'aws-lambda' is types alone: '@types/aws-lambda'.
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^aws-lambda$' } },
    { name: 'lib-imports-lib-only', severity: 'error', from: { path: '^lib/' }, to: { path: '^(runtime|local|bin|test|integ|bench|examples)/' } },
    {
      name: 'lib-depends-on-cdk-only',
      severity: 'error',
      from: { path: '^lib/' },
      to: { path: 'node_modules/', pathNot: 'node_modules/(aws-cdk-lib|constructs)/' },
    },
    { name: 'runtime-imports-contract-only', severity: 'error', from: { path: '^runtime/' }, to: { path: '^lib/', pathNot: CONTRACT } },
    { name: 'runtime-knows-no-cdk', severity: 'error', from: { path: '^runtime/' }, to: { path: 'node_modules/(aws-cdk-lib|constructs)/' } },
    { name: 'contract-imports-nothing', severity: 'error', from: { path: CONTRACT }, to: { pathNot: CONTRACT } },
    { name: 'core-is-pure', severity: 'error', from: { path: '^runtime/core/' }, to: { pathNot: ['^runtime/core/', CONTRACT, '^crypto$', 'node_modules/zod/'] } },
    { name: 'aws-knows-no-handler', severity: 'error', from: { path: '^runtime/aws/' }, to: { path: '^runtime/handlers/' } },
    { name: 'product-imports-no-cli', severity: 'error', from: { path: '^(lib|runtime/(core|aws|handlers))/' }, to: { path: '^runtime/cli/' } },
    { name: 'cli-knows-no-handler', severity: 'error', from: { path: '^runtime/cli/' }, to: { path: '^runtime/handlers/' } },
    { name: 'product-imports-no-local', severity: 'error', from: { path: '^(lib|runtime|bin)/' }, to: { path: '^(local|test|integ|bench)/' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    exclude: { path: '(\\.snapshot/|cdk\\.out/|\\.d\\.ts$)' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json', '.mjs'], exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
