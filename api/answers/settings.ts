import * as z from 'zod';
import { Actor, At, Count, Revision } from './fields';
import { WarningsAnswer } from './warnings';

const text = z.string();

const HoursAnswer = z
  .object({
    weekdays: z.array(z.int().min(1).max(7)).describe('ISO: 1 is Monday.'),
    slots: z.array(z.object({ open: text, close: text })).describe('"HH:MM" to "HH:MM", the end outside.'),
  })
  .meta({ id: 'WeeklyHours' });

const CapsAnswer = z
  .object({ perDay: z.int(), perWeek: z.int(), perMonth: z.int() })
  .meta({ id: 'Caps', description: 'Most attempts at one person, of all campaigns together, in rolling windows.' });

export const SettingsAnswer = z
  .object({
    companyName: text,
    address: text,
    phone: text,
    transferNumber: text.describe(
      'Where a call goes on when the person asks for one of us; empty = the team calls back.',
    ),
    zone: text,
    legalHours: HoursAnswer.describe('Nobody is reached outside these, in any place where the person may be.'),
    unknownPlaceHours: HoursAnswer.describe('The same for people of whom nothing says where they are.'),
    defaultHours: HoursAnswer.describe('What campaigns take a copy of; a change of it moves nobody.'),
    caps: z.object({ phone: CapsAnswer, email: CapsAnswer }),
    callerNumbers: z.array(text),
    allowedCountries: z
      .array(text)
      .describe('Numbers of other countries are never called or texted; US stands for its territories as well.'),
    mailFrom: text,
    closingMarginSeconds: Count.describe('Nothing begins this close to the end of an opening.'),
    openingJitterSeconds: Count.describe('Beginnings are spread over so long after an opening.'),
    messagesPerSecond: z.int().min(1),
    untaggedAfterSeconds: z
      .int()
      .min(1)
      .describe('An answered call whose outcome nobody told by then counts as untagged.'),
    lines: z.int().min(1).describe('Calls that may be live at the same time.'),
    ratePercent: z.int().min(1).max(100),
    callsPerSecond: z
      .number()
      .nullable()
      .describe('New calls of all campaigns together that are begun; null = no limit but the lines.'),
    warnings: WarningsAnswer,
    revision: Revision,
    updatedAt: At,
    updatedBy: Actor,
  })
  .meta({ id: 'Settings', description: 'What the company decides for all campaigns.' });

const CAPS_EXAMPLE = { perDay: 3, perWeek: 7, perMonth: 20 };

export const SETTINGS_EXAMPLE = {
  companyName: 'Example Law',
  address: '1 Example Street, New York',
  phone: '+12125550199',
  transferNumber: '+12125550198',
  zone: 'America/New_York',
  legalHours: { weekdays: [1, 2, 3, 4, 5, 6], slots: [{ open: '08:00', close: '21:00' }] },
  unknownPlaceHours: { weekdays: [1, 2, 3, 4, 5], slots: [{ open: '12:00', close: '18:00' }] },
  defaultHours: {
    weekdays: [1, 2, 3, 4, 5],
    slots: [
      { open: '09:00', close: '12:00' },
      { open: '13:00', close: '17:00' },
    ],
  },
  caps: { phone: CAPS_EXAMPLE, email: CAPS_EXAMPLE },
  callerNumbers: ['+12125550199'],
  allowedCountries: ['US', 'CA'],
  mailFrom: 'intake@example.com',
  closingMarginSeconds: 60,
  openingJitterSeconds: 600,
  messagesPerSecond: 10,
  untaggedAfterSeconds: 900,
  lines: 10,
  ratePercent: 100,
  callsPerSecond: 1,
  warnings: [],
  revision: 2,
  updatedAt: '2027-03-01T17:00:00.000Z',
  updatedBy: 'key:console',
};
