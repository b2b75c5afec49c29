import * as z from 'zod';
import { changeSettings, getSettings, type Settings } from '../../db/settings';
import { DefaultHoursSchema, weekendWarnings } from '../../domain/default-hours';
import { DomainError } from '../../domain/errors';
import { isZone } from '../../domain/local-time';
import { slotListSchema } from '../../domain/slots';
import { WeekdaySchema } from '../../domain/plan';
import { normaliseEmail } from '../../domain/email';
import { isCountry, normalisePhone } from '../../domain/phone';
import { SETTINGS_EXAMPLE, SettingsAnswer } from '../answers/settings';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { revisionAsked } from '../revision';
import { defineRoute, ok, type Route } from '../route';
import { text } from '../text';

/**
 * GET /settings
 * PATCH /settings
 */
export function settingsRoutes({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/settings',
      role: 'viewer',
      concerns: 'shared',
      operation: {
        id: 'getSettings',
        tag: 'Settings',
        summary: 'Read the settings of the company',
        answers: { 200: SettingsAnswer },
        examples: { answer: SETTINGS_EXAMPLE },
      },
      handle: async () => ok(settingsDocument(await getSettings(sql))),
    }),
    defineRoute({
      method: 'patch',
      path: '/settings',
      role: 'admin',
      concerns: 'whole',
      operation: {
        id: 'changeSettings',
        tag: 'Settings',
        summary: 'Change some of the settings',
        description:
          'What is left out stays. A change of hours, caps or countries has everybody planned anew; `defaultHours` are copied into campaigns and move nobody. Rate and lines are one for all campaigns.',
        answers: { 200: SettingsAnswer },
        problems: ['revision_conflict', 'precondition_failed'],
        examples: { body: { mailFrom: 'intake@example.com', lines: 10 }, answer: SETTINGS_EXAMPLE },
      },
      body: SettingsChangeSchema,
      handle: async ({ body, caller, ifMatch }) => {
        const revision = revisionAsked(ifMatch, body.revision);
        return ok(settingsDocument(await changeSettings(sql, { ...body, revision }, caller.actor)));
      },
    }),
  ];
}

function settingsDocument(settings: Settings): unknown {
  const warnings = weekendWarnings('#/defaultHours/weekdays', settings.defaultHours.weekdays);
  return toDocument({ ...settings, warnings });
}

const hoursSchema = z.strictObject({
  weekdays: z.array(WeekdaySchema).max(7),
  /** Nobody may be reached outside 8–21, so a company can narrow these hours and never widen them. */
  slots: slotListSchema,
});

const capsSchema = z.strictObject({
  perDay: z.int().min(1).max(1000),
  perWeek: z.int().min(1).max(1000),
  perMonth: z.int().min(1).max(1000),
});

const SettingsChangeSchema = z.strictObject({
  /** The revision that the change was made from; left out = whatever stands. */
  revision: z.int().min(1).optional(),
  companyName: text(120).min(1).optional(),
  address: text(300).optional(),
  phone: text(40).optional(),
  transferNumber: z
    .string()
    .refine((value) => value === '' || isE164(value), 'must be empty or a phone number in E.164 like +12125550123')
    .optional(),
  zone: z.string().refine(isZone, 'must be an IANA time zone like America/New_York').optional(),
  legalHours: hoursSchema.optional(),
  unknownPlaceHours: hoursSchema.optional(),
  /** S1-54: several slots a day, on weekdays of the company's choice (S1-56, S1-57, K-9). */
  defaultHours: DefaultHoursSchema.optional(),
  caps: z.strictObject({ phone: capsSchema, email: capsSchema }).optional(),
  callerNumbers: z
    .array(z.string().refine(isE164, 'must be a phone number in E.164 like +12125550123'))
    .max(100)
    .check(({ value, issues }) => {
      value.forEach((number, at) => {
        if (value.indexOf(number) < at)
          issues.push({ code: 'custom', path: [at], input: number, message: 'the number is named twice' });
      });
    })
    .optional(),
  /** T25. Elsewhere nobody is called or texted. */
  allowedCountries: z
    .array(z.string().refine(isCountry, 'must be the ISO code of a country like US'))
    .min(1)
    .max(250)
    .refine((codes) => new Set(codes).size === codes.length, 'must name each country once')
    .optional(),
  mailFrom: z
    .string()
    .refine((value) => value === '' || isMailAddress(value), 'must be a mail address')
    .transform((value) => (value === '' ? value : normaliseEmail(value)))
    .optional(),
  closingMarginSeconds: z.int().min(0).max(3600).optional(),
  openingJitterSeconds: z.int().min(0).max(7200).optional(),
  messagesPerSecond: z.int().min(1).max(1000).optional(),
  untaggedAfterSeconds: z.int().min(1).max(86_400).optional(),
  lines: z.int().min(1).max(100_000).optional(),
  /** S1-53. */
  ratePercent: z.int().min(1).max(100).optional(),
  /** What the provider takes (T24); a tenth = one call in ten seconds. */
  callsPerSecond: z.number().min(0.01).max(1_000).nullable().optional(),
});

function isE164(value: string): boolean {
  return accepts(() => normalisePhone(value).e164 === value);
}

function isMailAddress(value: string): boolean {
  return accepts(() => normaliseEmail(value) !== '');
}

function accepts(check: () => boolean): boolean {
  try {
    return check();
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
  }
}
