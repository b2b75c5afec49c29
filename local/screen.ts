import type { Balance } from '../db/balance';
import type { LedgerComparison } from '../db/balance/ledger';
import type { Figures, Progress } from './figures';

/** What the user sees: a bar and counts that redraw themselves in a terminal, plain lines elsewhere. */

const BAR_WIDTH = 30;
const PLAIN_EVERY_MS = 10_000;
/** Up to the first line of the last drawing, and everything from there on deleted. */
const ERASE = '\u001b[1A\r\u001b[J';
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const QUIET_MS = 30 * 60_000;

export interface Screen {
  line(text: string): void;
  progress(progress: Progress): void;
  /** Leaves the last drawing on the screen; progress that is told later is not shown. */
  settle(): void;
}

export type Output = Pick<NodeJS.WriteStream, 'isTTY' | 'columns'> & { write(text: string): unknown };

export function createScreen(out: Output, now: () => number): Screen {
  let isDrawn = false;
  let isSettled = false;
  let plainAt = Number.NEGATIVE_INFINITY;
  const erase = () => {
    if (isDrawn) out.write(ERASE);
    isDrawn = false;
  };
  return {
    line(text) {
      erase();
      out.write(`${text}\n`);
    },
    progress(progress) {
      if (isSettled) return;
      if (out.isTTY) {
        erase();
        out.write(drawing(progress, out.columns));
        isDrawn = true;
      } else if (now() - plainAt >= PLAIN_EVERY_MS) {
        plainAt = now();
        out.write(`${progressLine(progress)}\n`);
      }
    },
    settle() {
      if (isDrawn) out.write('\n');
      isDrawn = false;
      isSettled = true;
    },
  };
}

/** Two lines, neither of which may reach the right edge: a terminal would break it, and it could not be erased. */
function drawing(progress: Progress, columns: number): string {
  return [`${bar(progress)}  ${standing(progress)}`, counts(progress)]
    .map((line) => [...line].slice(0, columns - 1).join(''))
    .join('\n');
}

export function progressLine(progress: Progress): string {
  return `${standing(progress)} · ${counts(progress)}`;
}

function bar({ ended, enrolled }: Progress): string {
  const filled = enrolled === 0 ? 0 : Math.round((ended / enrolled) * BAR_WIDTH);
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`;
}

function standing({ contacts, ended, businessTime, nextDue }: Progress): string {
  const isQuiet = nextDue !== null && nextDue.getTime() - businessTime.getTime() > QUIET_MS;
  return `${timeOf(businessTime)} UTC · ${ended}/${contacts} ended${isQuiet ? ` · quiet until ${timeOf(nextDue)}` : ''}`;
}

function counts(progress: Progress): string {
  const { voice, sms, email, rulesFired, done, failed, unknown } = progress;
  return [
    `${voice} calls`,
    `${sms} texts`,
    `${email} mails`,
    `${rulesFired} rules fired`,
    `${done} actions done`,
    ...(failed > 0 ? [`${failed} actions failed`] : []),
    ...(unknown > 0 ? [`${unknown} of unknown fate`] : []),
  ].join(' · ');
}

function timeOf(instant: Date): string {
  return `${WEEKDAYS[instant.getUTCDay()]} ${instant.toISOString().slice(0, 16).replace('T', ' ')}`;
}

export function summaryTable(figures: Figures, books: Balance, ledger: LedgerComparison): string {
  const rows: [string, string | number][] = [
    ['contacts', figures.contacts],
    ['enrolled', figures.enrolled],
    ['rejected', figures.rejected],
    ['ended', figures.ended],
    ['calls', figures.attempts.voice],
    ['texts', figures.attempts.sms],
    ['mails', figures.attempts.email],
    ['rules fired', figures.rulesFired],
    ['actions done', figures.actions.done],
    ['actions failed', figures.actions.failed],
    ['outside hours', figures.outsideHours],
    ['accepted twice', figures.duplicates],
  ];
  const table = rows.map(([name, value]) => `  ${name.padEnd(16)}${String(value).padStart(8)}`);
  const equations = books.equations.map(({ ok, statement }) => `  ${verdict(ok)} ${statement}`);
  const compared = `The simulator accepted ${ledger.creates} calls, texts and mails, each for one attempt, within its person's hours.`;
  return ['', ...table, '', 'The books:', ...equations, `  ${verdict(ledger.ok)} ${compared}`, ''].join('\n');
}

function verdict(ok: boolean): string {
  return ok ? 'ok     ' : 'DIFFERS';
}
