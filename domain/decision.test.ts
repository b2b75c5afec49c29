import { versionOf } from './decision';

it('a touch is of the version that planned it, and one from before versions were told apart of the first', () => {
  expect([versionOf({ version: 3 }), versionOf({})]).toEqual([3, 1]);
});
