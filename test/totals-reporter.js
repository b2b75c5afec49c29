const { writeFileSync } = require('node:fs');

/** Leaves the totals of a run for test/run.mjs, which prints them as its last line. */
module.exports = class TotalsReporter {
  onRunComplete(_contexts, results) {
    const file = process.env.TEST_TOTALS_FILE;
    if (!file) return;
    const totals = {
      passed: results.numPassedTests,
      // A file that does not even load has no failing test to count.
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests + results.numTodoTests,
    };
    writeFileSync(file, JSON.stringify(totals));
  }
};
