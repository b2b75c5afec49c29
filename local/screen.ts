import type { Balance } from '../db/balance';
import type { Figures, Progress } from './figures';

/** What the user sees: a bar that redraws itself in a terminal, plain lines elsewhere. */

const BAR_WIDTH = 30;
const PLAIN_EVERY_MS = 10_000;

export interface Screen {
  line(text: string): void;
  progress(progress: Progress): void;
  /** Leaves the last bar on the screen. */
  settle(): void;
}

export function createScreen(out: NodeJS.WriteStream, now: () => number): Screen {
  let drawn = false;
  let plainAt = 0;
  const clear = () => {
    if (drawn) out.write('\r\u001b[2K');
    drawn = false;
  };
  return {
    line(text) {
      clear();
      out.write(`${text}\n`);
    },
    progress(progress) {
      const text = progressLine(progress);
      if (out.isTTY) {
        clear();
        out.write(`${bar(progress)} ${text}`.slice(0, out.columns));
        drawn = true;
      } else if (now() - plainAt >= PLAIN_EVERY_MS) {
        plainAt = now();
        out.write(`${text}\n`);
      }
    },
    settle() {
      if (drawn) out.write('\n');
      drawn = false;
    },
  };
}

function bar({ ended, enrolled }: Progress): string {
  const filled = enrolled === 0 ? 0 : Math.round((ended / enrolled) * BAR_WIDTH);
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`;
}

export function progressLine(progress: Progress): string {
  const { contacts, enrolled, ended, voice, sms, email, rulesFired, done, failed, unknown, businessTime } = progress;
  const when = businessTime.toISOString().slice(0, 16).replace('T', ' ');
  const trouble = [failed > 0 ? `${failed} actions failed` : '', unknown > 0 ? `${unknown} unknown` : ''].filter(
    (part) => part !== '',
  );
  return [
    `${when} UTC`,
    `${ended}/${contacts} ended (${enrolled} enrolled)`,
    `${voice} calls`,
    `${sms} texts`,
    `${email} mails`,
    `${rulesFired} rules fired`,
    `${done} actions done`,
    ...trouble,
  ].join(' · ');
}

export function summaryTable(figures: Figures, balance: Balance): string {
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
  const equations = balance.equations.map(({ ok, statement }) => `  ${ok ? 'ok     ' : 'DIFFERS'} ${statement}`);
  return ['', ...table, '', 'The books:', ...equations, ''].join('\n');
}
