import * as z from 'zod';
import { isLocalDate } from './local-time';

/** A day that exists: 30 February would stop the planner of everybody whom it concerns. */
export const CalendarDaySchema = z
  .string()
  .refine(isLocalDate, { error: 'must be a date like 2027-03-01', abort: true });
