import * as z from 'zod';
import { DomainError } from '../domain/errors';
import { fromIso } from '../domain/instant';

/** An instant as JSON carries it, read into epoch milliseconds. */
export const InstantSchema = z.string().transform((value, context) => {
  try {
    return fromIso(value);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    context.issues.push({ code: 'custom', input: value, message: 'must be an instant like 2027-03-01T09:30:00Z' });
    return z.NEVER;
  }
});
