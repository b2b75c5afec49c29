const { projects } = require('../../jest.config');

/** `npm run record-histories`: on the servers of the scenario tests, by hand only, for no test run matches this file. */
module.exports = {
  ...projects.find(({ displayName }) => displayName === 'scenario'),
  displayName: 'record',
  testMatch: ['<rootDir>/test/replay/record.ts'],
};
