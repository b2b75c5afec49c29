import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS } from './instant';
import { addDays, type LocalDate, localDateOf, type MinuteOfDay, plainLocalToInstant, weekdayOf } from './local-time';

const MAX_TEXT = 500;
const MAX_WAIT_MS = 60 * DAY_MS;
const NUMBERS = 'one two three four five six seven eight nine ten eleven twelve'.split(' ');
const DAYS = 'monday tuesday wednesday thursday friday saturday sunday'.split(' ');

interface PartOfDay {
  /** The time that the part stands for when none is named. */
  readonly stands: MinuteOfDay;
  readonly from: MinuteOfDay;
  readonly to: MinuteOfDay;
}

const PARTS: ReadonlyMap<string, PartOfDay> = new Map([
  ['morning', { stands: 600, from: 240, to: 720 }],
  ['afternoon', { stands: 840, from: 720, to: 1080 }],
  ['evening', { stands: 1080, from: 960, to: 1440 }],
  ['night', { stands: 1140, from: 1020, to: 1440 }],
]);

/** Ways to say the same, in the order in which they are made one. */
const SPELLINGS: readonly (readonly [RegExp, string])[] = [
  [/['’.]/g, ''],
  [/[^a-z0-9:]+/g, ' '],
  [/\b(?:tmrw|tmw|tomorow|tommorow|tommorrow)\b/g, 'tomorrow'],
  [/\b(?:the )?day after tomorrow\b/g, 'in 2 days'],
  [/\bthis (morning|afternoon|evening)\b/g, 'today $1'],
  [/\btonight\b/g, 'today night'],
  // "Sat" and "sun" are words of their own.
  ...DAYS.map(
    (day) =>
      [
        new RegExp(`${day.startsWith('s') ? '(?<=\\b(?:on|next|this) )' : '\\b'}${day.slice(0, 3)}(?:s|r|rs)?\\b`, 'g'),
        day,
      ] as const,
  ),
  [/\b(?:a )?couple(?: of)?\b/g, '2'],
  ...NUMBERS.map((word, ix) => [new RegExp(`\\b${word}\\b`, 'g'), String(ix + 1)] as const),
  [/\b(\d{1,2}) thirty\b/g, '$1:30'],
  [/\b(\d{1,2}) fifteen\b/g, '$1:15'],
  [/\b(\d{1,2}) forty 5\b/g, '$1:45'],
  [/\bhalf past (\d{1,2})\b/g, '$1:30'],
  [/\bquarter past (\d{1,2})\b/g, '$1:15'],
  ...NUMBERS.map((_word, ix) => [new RegExp(`\\bquarter (?:to|of) ${ix + 1}\\b`, 'g'), `${ix || 12}:45`] as const),
  [/\b(?:noon|midday)\b/g, '12:00 pm'],
  [/(\d) ?([ap]) ?m\b/g, '$1 $2m'],
  [/ ?\boclock\b/g, ''],
];

/** Refusals, ranges, alternatives, months and other people's clocks: a person reads those. */
const UNCLEAR =
  /\b(?:not|dont|cant|cannot|wont|never|unless|except|before|until|till|by|between|or|and a half|weeks?|months?|january|february|april|june|july|august|september|october|november|december|[ecmp][sd]?t|utc|gmt|eastern|central|mountain|pacific|your time)\b/;
const ELAPSED = /\bin (half an|an?|\d{1,3}) (hour|hr|minute|min)s?\b/g;
const DAY = new RegExp(`\\b(?:(next|this) )?(today|tomorrow|${DAYS.join('|')})\\b|\\bin (\\d{1,2}) days\\b`, 'g');
const PART = /\b(morning|afternoon|evening|night)\b/g;
/** A number is a time after "at" and its like, just after a day, with a colon, or with am or pm. */
const TIME = /(?:(\bat|\baround|\babout|\bafter|@) )?\b(\d{1,2})(?:(:)?(\d{2}))?(?: ([ap]m))?\b/g;

/**
 * The instant that plain English asks for, like "call me Tuesday at three", by the clocks of the person's zone. Null for
 * whatever can be read in two ways, is past or more than 60 days ahead. Bare hours from 1 to 7 mean pm.
 */
export function parseCallbackTime(text: string, now: Instant, zone: string): Instant | null {
  const plain = text.slice(0, MAX_TEXT).toLowerCase();
  const words = SPELLINGS.reduce((spelled, [from, to]) => spelled.replaceAll(from, to), plain);
  if (UNCLEAR.test(words)) return null;
  const at = elapsedTime(words, now) ?? clockTime(words, now, zone);
  return at !== null && at > now && at <= now + MAX_WAIT_MS ? at : null;
}

/** "In two hours", and nothing else that could be a time. */
function elapsedTime(words: string, now: Instant): Instant | null {
  const [[found, ...others], rest] = taken(words, ELAPSED);
  if (found === undefined || others.length > 0 || taken(rest, DAY)[0].length > 0 || /\d/.test(rest)) return null;
  const [, amount, unit] = found;
  const count = amount === 'half an' ? 0.5 : amount?.startsWith('a') ? 1 : Number(amount);
  return now + count * (unit?.startsWith('h') ? HOUR_MS : MINUTE_MS);
}

/** At most one day, one part of the day and one time, of which the last two can't both be left out. */
function clockTime(words: string, now: Instant, zone: string): Instant | null {
  const [days, withoutDays] = taken(words, DAY);
  const [parts, withoutParts] = taken(withoutDays, PART);
  const [times, rest] = taken(withoutParts, TIME);
  if (Math.max(days.length, parts.length, times.length) > 1 || /\d/.test(rest)) return null;
  const part = PARTS.get(parts[0]?.[1] ?? '');
  const minute = times[0] === undefined ? part?.stands : minuteOf(times[0], part);
  if (minute === undefined || minute === null) return null;
  const today = localDateOf(zone, now);
  if (days[0] !== undefined) {
    const date = dateOf(days[0], today);
    return date === null ? null : plainLocalToInstant(zone, date, minute);
  }
  const at = plainLocalToInstant(zone, today, minute);
  return at > now ? at : plainLocalToInstant(zone, addDays(today, 1), minute);
}

function minuteOf(
  [, lead, hour, colon, minutes = '0', half]: RegExpExecArray,
  part: PartOfDay | undefined,
): MinuteOfDay | null {
  if (lead === undefined && colon === undefined && half === undefined) return null;
  const named = hourOf(Number(hour), half, part);
  const minute = named * 60 + Number(minutes);
  if (Number.isNaN(named) || Number(minutes) > 59) return null;
  return part === undefined || (minute >= part.from && minute < part.to) ? minute : null;
}

/** Hour of the day from 0 to 23; NaN for one that no clock shows. */
function hourOf(hour: number, half: string | undefined, part: PartOfDay | undefined): number {
  if (half !== undefined) return hour >= 1 && hour <= 12 ? (hour % 12) + (half === 'pm' ? 12 : 0) : Number.NaN;
  if (hour > 12 || hour === 0) return hour < 24 ? hour : Number.NaN;
  if (part !== undefined) return part.to <= 720 ? hour : (hour % 12) + 12;
  return hour < 8 ? hour + 12 : hour;
}

/** Null where people disagree: "Friday" said on a Friday, "next Friday" said in its week. */
function dateOf([, prefix, name = '', days]: RegExpExecArray, today: LocalDate): LocalDate | null {
  if (days !== undefined) return addDays(today, Number(days));
  if (name === 'today') return today;
  if (name === 'tomorrow') return addDays(today, 1);
  const ahead = DAYS.indexOf(name) + 1 - weekdayOf(today);
  if (prefix === 'this') return ahead >= 0 ? addDays(today, ahead) : null;
  if (prefix === 'next') return ahead <= 0 ? addDays(today, ahead + 7) : null;
  return ahead === 0 ? null : addDays(today, (ahead + 7) % 7);
}

/** What the pattern finds, and the rest with a mark at each place. */
function taken(words: string, pattern: RegExp): [found: RegExpExecArray[], rest: string] {
  return [[...words.matchAll(pattern)], words.replaceAll(pattern, '@').replaceAll(/ +/g, ' ')];
}
