/** Reads Prometheus' text format strictly, so that a scrape that passes here passes there. */

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)(?: \d+)?$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/gy;
const COMMENT = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)$/;
const PARTS = ['', '_bucket', '_sum', '_count'];

/** Throws on a line that is no sample, a sample without a type, and a series that is told twice. */
export function parseScrape(text: string): Sample[] {
  const types = new Set<string>();
  const seen = new Set<string>();
  const samples: Sample[] = [];
  for (const line of text.split('\n').filter((each) => each !== '')) {
    if (line.startsWith('#')) {
      const [, kind, name = ''] = COMMENT.exec(line) ?? refuse(line);
      if (kind === 'TYPE' && types.has(name)) refuse(line);
      if (kind === 'TYPE') types.add(name);
      continue;
    }
    const [, name = '', labels = '', value = ''] = LINE.exec(line) ?? refuse(line);
    if (!PARTS.some((part) => name.endsWith(part) && types.has(name.slice(0, name.length - part.length)))) refuse(line);
    if (seen.has(`${name}{${labels}}`)) refuse(line);
    seen.add(`${name}{${labels}}`);
    samples.push({ name, labels: labelsOf(labels, line), value: numberOf(value, line) });
  }
  return samples;
}

/** The value of the one series with this name and these labels. */
export function valueOf(
  samples: readonly Sample[],
  name: string,
  labels: Record<string, string> = {},
): number | undefined {
  const found = samples.filter(
    (sample) =>
      sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  );
  if (found.length > 1) throw new Error(`${name} ${JSON.stringify(labels)} is ${found.length} series`);
  return found[0]?.value;
}

function labelsOf(text: string, line: string): Record<string, string> {
  const matches = [...text.matchAll(LABEL)];
  if (matches.reduce((length, [match]) => length + match.length, 0) !== text.length) refuse(line);
  return Object.fromEntries(matches.map(([, name = '', value = '']) => [name, value]));
}

function numberOf(text: string, line: string): number {
  const value = { '+Inf': Infinity, '-Inf': -Infinity, NaN: Number.NaN }[text] ?? Number(text);
  return Number.isNaN(value) && text !== 'NaN' ? refuse(line) : value;
}

function refuse(line: string): never {
  throw new Error(`this is no Prometheus text: ${line}`);
}
