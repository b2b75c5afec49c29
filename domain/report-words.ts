import type { Instant } from './instant';
import { formatClock, localDateOf, minuteOfDayOf } from './local-time';

/** What the mail of a report says around its file. */

export interface TellingReport {
  readonly campaignName: string;
  readonly name: string;
  readonly key: string;
  readonly fromAt: Instant;
  readonly untilAt: Instant;
  readonly isLast: boolean;
  readonly zone: string;
}

export interface ReportWords {
  readonly subject: string;
  readonly text: string;
  readonly fileName: string;
}

export function reportWords({ campaignName, name, key, fromAt, untilAt, isLast, zone }: TellingReport): ReportWords {
  const at = (instant: Instant) => `${localDateOf(zone, instant)} ${formatClock(minuteOfDayOf(zone, instant))}`;
  const on = localDateOf(zone, untilAt);
  const [campaign, title] = [onOneLine(campaignName), onOneLine(name)];
  const lines = [
    `The report "${title}" of the campaign "${campaign}" is attached, one line for each client.`,
    `It counts what happened from ${at(fromAt)} to ${at(untilAt)} (${zone}).`,
    ...(isLast ? ['The campaign has ended: this is its last report.'] : []),
  ];
  return { subject: `${title}: ${campaign}, ${on}`, text: lines.join('\n'), fileName: `${key}-${on}.csv` };
}

/** A name may hold what would break the header of a mail. */
function onOneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}
