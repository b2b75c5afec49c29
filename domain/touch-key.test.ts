import { CALL_STEP, CALLBACK_STEP, PROMISES_RUN, touchKeyOf } from './touch-key';

it.each([
  [touchKeyOf('intake', CALL_STEP, 2), 'intake.call.2'],
  [touchKeyOf('intake', 'text-ahead', 1), 'intake.text-ahead.1'],
  [touchKeyOf(PROMISES_RUN, CALLBACK_STEP, 1), 'promises.callback.1'],
])('the key of a touch reads %s', (key, text) => {
  expect(key).toBe(text);
});
