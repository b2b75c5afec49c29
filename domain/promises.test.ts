import { HOUR_MS } from './instant';
import { anAttempt, aPlannerInput, MONDAY_10 } from './planner-builders';
import { promisesToKeep } from './promises';

const PROMISE = { id: 'promise-1', ordinal: 1, promisedAt: MONDAY_10 + HOUR_MS };
const callback = { runKey: 'promises', stepKey: 'callback', ordinal: 1 };
const KEPT = { commitment: PROMISE, key: 'promises.callback.1', try: 1 };

it.each([
  ['one that was just made', [], [KEPT]],
  [
    'one whose call was not sent',
    [anAttempt({ ...callback, state: 'not_sent', retryable: true })],
    [{ ...KEPT, try: 2 }],
  ],
  ['none whose call was made', [anAttempt(callback)], []],
  ['none whose call may have been made', [anAttempt({ ...callback, state: 'unknown_final' })], []],
  ['none whose call was refused for good', [anAttempt({ ...callback, state: 'not_sent', retryable: false })], []],
  ['one beside an earlier one that was kept', [anAttempt({ ...callback, ordinal: 9 })], [KEPT]],
])('of promises to call back, still to be kept is %s', (_, attempts, expected) => {
  expect(promisesToKeep(aPlannerInput({ attempts, commitments: [PROMISE] }))).toEqual(expected);
});

it('who was promised nothing is owed nothing', () => {
  expect(promisesToKeep(aPlannerInput())).toEqual([]);
});
