const { statSync } = require('node:fs');

/**
 * By what they were measured to take, and mostly wait. The first lives in fast business time, which is not to run out
 * while the processes of others are being started: they come a little later.
 */
const LONGEST = [
  'scenarios/npm-start',
  'chaos/campaign',
  'scenarios/hours',
  'scenarios/seed-examples',
  'scenarios/topology',
  'scenarios/kill-workers',
  'workflows/enrollment',
  'chaos/attempt',
  'scenarios/races',
  'api/openapi-fuzz',
];

/** What takes long begins first, also where nothing was ever measured, so that nothing is left to run alone at the end. */
module.exports = class LongestFirst {
  sort(tests) {
    const ranked = [...tests].map((test) => ({ test, rank: rankOf(test.path), size: statSync(test.path).size }));
    return ranked.sort((a, b) => a.rank - b.rank || b.size - a.size).map(({ test }) => test);
  }

  allFailedTests(tests) {
    return tests;
  }

  cacheResults() {}
};

function rankOf(path) {
  const place = LONGEST.findIndex((name) => path.endsWith(`${name}.test.ts`));
  return place === -1 ? LONGEST.length : place;
}
