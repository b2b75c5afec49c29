/** Unit tests beside the file, stories in test/: the path alone decides which servers a test file gets. */
const pure = {
  rootDir: __dirname,
  testEnvironment: 'node',
  // Enough for a busy machine; no test waits for it.
  testTimeout: 30_000,
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.local/'],
};

const withPostgres = {
  ...pure,
  // Rules are covered by tests of their own: counting what others touch of them takes time and says nothing.
  coveragePathIgnorePatterns: ['/'],
  globalSetup: '<rootDir>/test/global-setup.ts',
  globalTeardown: '<rootDir>/test/global-teardown.ts',
};

const withTemporal = { ...withPostgres, globalSetup: '<rootDir>/test/global-setup-temporal.ts' };

const testsIn = (...folders) => folders.map((folder) => `<rootDir>/${folder}/**/*.test.ts`);

module.exports = {
  // One more than a small machine has processors, as the long ones mostly wait.
  maxWorkers: 3,
  testSequencer: '<rootDir>/test/longest-first.js',
  // Real servers and properties with many cases, perhaps on a busy machine: slow is not wrong.
  testTimeout: 180_000,
  reporters: ['default', '<rootDir>/test/totals-reporter.js'],
  // Not v8: it counts a file of types, which nobody ever loads, as uncovered, and misses branches within a line.
  coverageProvider: 'babel',
  collectCoverageFrom: ['domain/**/*.ts', '!**/*.test.ts', '!**/*-builders.ts'],
  coverageReporters: ['text-summary', 'lcovonly'],
  coverageThreshold: { global: { statements: 100, branches: 100, functions: 100, lines: 100 } },
  projects: [
    {
      ...pure,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/*.test.ts',
        '<rootDir>/test/*.test.ts',
        ...testsIn('domain', 'imports', 'simulator', 'bench', 'test/replay'),
      ],
    },
    {
      ...withPostgres,
      displayName: 'database',
      testMatch: testsIn('db', 'activities', 'api', 'operations', 'local', 'test/audit'),
    },
    {
      ...withTemporal,
      displayName: 'scenario',
      testMatch: testsIn('engine', 'workflows', 'workers', 'test/scenarios', 'test/chaos'),
    },
  ],
};
