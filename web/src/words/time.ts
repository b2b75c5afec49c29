/** The zone of whoever looks. */
export const OWN_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

const formats = new Map<string, Intl.DateTimeFormat>();

/** As in "Mon 8 Mar, 17:25". */
export function dayAndTime(instant: string | number, zone = OWN_ZONE): string {
  const { weekday, day, month, hour, minute } = partsOf(instant, zone);
  return `${weekday} ${day} ${month}, ${hour}:${minute}`;
}

export function dayOf(instant: string | number, zone = OWN_ZONE): string {
  const { weekday, day, month } = partsOf(instant, zone);
  return `${weekday} ${day} ${month}`;
}

export function timeOf(instant: string | number, zone = OWN_ZONE): string {
  const { hour, minute } = partsOf(instant, zone);
  return `${hour}:${minute}`;
}

/** "New York" of "America/New_York". */
export function placeOf(zone: string): string {
  return (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ');
}

const ISO = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;

/** The server's sentence with its instants told as people do. */
export function withLocalTimes(sentence: string, zone = OWN_ZONE): string {
  return sentence.replace(ISO, (instant) => dayAndTime(instant, zone));
}

const STEPS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
] as const;

/** "in 3 h", "2 d ago", "now". */
export function distance(instant: string | number, now: number): string {
  const ms = millisecondsOf(instant) - now;
  const [size, unit] = STEPS.find(([step]) => Math.abs(ms) >= step) ?? [null, ''];
  if (size === null) return ms > 0 ? 'in a moment' : 'just now';
  const count = Math.round(Math.abs(ms) / size);
  return ms > 0 ? `in ${count} ${unit}` : `${count} ${unit} ago`;
}

/** How much business time goes by in a second, as a person would say it. */
export function speedInWords(speed: number): string {
  if (speed === 0) return 'business time stands still';
  if (speed === 1) return 'business time runs as fast as real time';
  const minutesPerDay = 1_440 / speed;
  const day = minutesPerDay >= 1.5 ? `${round(minutesPerDay)} minutes` : `${round(minutesPerDay * 60)} seconds`;
  return `business time runs ${round(speed)} times as fast as real time: a day takes ${day}`;
}

function round(value: number): string {
  return new Intl.NumberFormat('en', { maximumSignificantDigits: 3 }).format(value);
}

function millisecondsOf(instant: string | number): number {
  return typeof instant === 'number' ? instant : Date.parse(instant);
}

function partsOf(instant: string | number, zone: string): Record<string, string> {
  const parts = formatOf(zone).formatToParts(millisecondsOf(instant));
  return Object.fromEntries(parts.map(({ type, value }) => [type, value]));
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  formats.set(zone, made);
  return made;
}
