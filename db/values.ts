/** How column values cross the wire. What is not listed arrives as postgres.js has it: instants as Date, JSON parsed. */
export const valueTypes = {
  int8: { to: 20, from: [20], serialize: String, parse: safeInteger },
  numeric: { to: 1700, from: [1700], serialize: String, parse: Number },
  day: { to: 1082, from: [1082], serialize: String, parse: String },
};

/** `started_rt` → `startedRt`; only for names of columns, never for keys inside JSON. */
export function columnName(name: string): string {
  return name.replace(/(?<=[^_])_([a-z0-9])/g, (_, next: string) => next.toUpperCase());
}

function safeInteger(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw new RangeError(`bigint ${text} is beyond the integers that a number holds exactly`);
}
