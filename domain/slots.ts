import * as z from 'zod';

/** One opening of a day, "HH:MM" to "HH:MM"; the start is inside, the end outside. */
const CLOCK = /^([01]\d|2[0-3]):[0-5]\d$/;
const clockSchema = z.string().regex(CLOCK, { error: 'must be a time like 09:00', abort: true });

/** S1-56, K-9: the outer bound of every slot; law and company may only narrow it. */
const EARLIEST_OPEN = '08:00';
const LATEST_CLOSE = '21:00';

const slotSchema = z.strictObject({ open: clockSchema, close: clockSchema }).check(({ value, issues }) => {
  if (value.close <= value.open)
    issues.push({
      code: 'custom',
      path: ['close'],
      input: value.close,
      message: `the slot closes at ${value.close}, not after it opens at ${value.open}`,
    });
  if (value.open < EARLIEST_OPEN)
    issues.push({
      code: 'custom',
      path: ['open'],
      input: value.open,
      message: `the slot opens at ${value.open}; slots must lie within ${EARLIEST_OPEN}–${LATEST_CLOSE}`,
    });
  if (value.close > LATEST_CLOSE)
    issues.push({
      code: 'custom',
      path: ['close'],
      input: value.close,
      message: `the slot closes at ${value.close}; slots must lie within ${EARLIEST_OPEN}–${LATEST_CLOSE}`,
    });
});

export type Slot = z.infer<typeof slotSchema>;

/** S1-57: several openings a day, which may not overlap (K-9). */
export const slotListSchema = z
  .array(slotSchema)
  .min(1)
  .max(10)
  .check(({ value, issues }) => {
    value.forEach((slot, at) => {
      const other = value.slice(0, at).find(({ open, close }) => open < slot.close && slot.open < close);
      if (other !== undefined)
        issues.push({
          code: 'custom',
          path: [at],
          input: slot,
          message: `the slot ${slot.open}–${slot.close} overlaps ${other.open}–${other.close}`,
        });
    });
  });

/** Minutes since midnight of a time like "09:30". */
export function minuteOf(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
}
