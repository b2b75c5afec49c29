import type { Figures, Progress } from './figures';
import { createScreen, progressLine, summaryTable } from './screen';

const NOON = new Date('2027-03-08T17:00:00Z');

const RUNNING: Progress = {
  contacts: 20,
  enrolled: 20,
  rejected: 0,
  ended: 5,
  pendingActions: 1,
  voice: 11,
  sms: 13,
  email: 6,
  rulesFired: 4,
  done: 8,
  failed: 0,
  unresolved: 2,
  unknown: 0,
  nextDue: NOON,
  businessTime: NOON,
};

function recording(options: { isTTY: boolean; columns: number }) {
  const written: string[] = [];
  const clock = { now: 0 };
  const screen = createScreen({ ...options, write: (text: string) => written.push(text) }, () => clock.now);
  return { screen, written, clock };
}

describe('a line of progress', () => {
  it('tells business time, who has ended and what was done', () => {
    expect(progressLine(RUNNING)).toBe(
      'Mon 2027-03-08 17:00 UTC · 5/20 ended · 11 calls · 13 texts · 6 mails · 4 rules fired · 8 actions done',
    );
  });

  it('tells of trouble only where there is some', () => {
    expect(progressLine({ ...RUNNING, failed: 2, unknown: 1 })).toMatch(/ · 2 actions failed · 1 of unknown fate$/);
  });

  it('says until when nothing will happen, so that a night does not look like a standstill', () => {
    const nextDue = new Date('2027-03-09T13:05:00Z');
    expect(progressLine({ ...RUNNING, nextDue })).toContain('5/20 ended · quiet until Tue 2027-03-09 13:05 · 11 calls');
    expect(progressLine({ ...RUNNING, nextDue: null })).not.toContain('quiet');
  });
});

describe('the screen', () => {
  it('writes plain lines where nobody can redraw, one in ten seconds at most', () => {
    const { screen, written, clock } = recording({ isTTY: false, columns: 80 });
    for (clock.now = 0; clock.now <= 25_000; clock.now += 1_000) screen.progress(RUNNING);
    expect(written).toEqual([0, 1, 2].map(() => `${progressLine(RUNNING)}\n`));
  });

  it('redraws a bar and the counts in a terminal', () => {
    const { screen, written } = recording({ isTTY: true, columns: 200 });
    screen.progress({ ...RUNNING, ended: 0 });
    screen.progress({ ...RUNNING, ended: 10 });
    screen.progress({ ...RUNNING, ended: 20 });
    const [, erase, half, , whole] = written;
    expect(written[0]).toMatch(/^░{30} {2}Mon 2027-03-08 17:00 UTC · 0\/20 ended\n11 calls · .* actions done$/u);
    expect(erase).toBe('\u001b[1A\r\u001b[J');
    expect(half).toMatch(/^█{15}░{15} /u);
    expect(whole).toMatch(/^█{30} /u);
  });

  it('draws an empty bar before anybody is enrolled', () => {
    const { screen, written } = recording({ isTTY: true, columns: 200 });
    screen.progress({ ...RUNNING, enrolled: 0, ended: 0 });
    expect(written[0]).toMatch(/^░{30} /u);
  });

  it('never reaches the right edge, where a terminal would break the line', () => {
    const { screen, written } = recording({ isTTY: true, columns: 40 });
    screen.progress(RUNNING);
    expect((written[0] ?? '').split('\n').map((line) => [...line].length)).toEqual([39, 39]);
  });

  it('puts lines above the drawing, and draws nothing more once it is settled', () => {
    const { screen, written } = recording({ isTTY: true, columns: 200 });
    screen.progress(RUNNING);
    screen.line('the worker ended and is started again');
    screen.progress(RUNNING);
    screen.settle();
    screen.progress(RUNNING);
    screen.line('stopping');
    expect(written.slice(1)).toEqual([
      '\u001b[1A\r\u001b[J',
      'the worker ended and is started again\n',
      written[0],
      '\n',
      'stopping\n',
    ]);
  });
});

describe('the summary', () => {
  const figures: Figures = {
    contacts: 20,
    enrolled: 19,
    rejected: 1,
    ended: 19,
    attempts: { voice: 34, sms: 20, email: 32 },
    rulesFired: 17,
    actions: { done: 43, failed: 2 },
    outsideHours: 0,
    duplicates: 0,
    balance: 'differs',
  };
  const books = {
    ok: true,
    equations: [{ name: 'audience', statement: 'Nobody is forgotten.', left: 2, right: 2, ok: true, examples: [] }],
    windows: { checked: 34, outside: 0 },
  };
  const ledger = {
    ok: false,
    creates: 86,
    attempts: 86,
    unmatchedCreates: [],
    unmatchedAttempts: [],
    duplicates: ['one'],
    windows: { checked: 86, outside: 0 },
    outside: [],
  };

  it('shows every figure, and each account with its verdict', () => {
    const text = summaryTable(figures, books, ledger);
    for (const line of ['enrolled              19', 'texts                 20', 'actions failed         2'])
      expect(text).toContain(`  ${line}\n`);
    expect(text).toContain('  ok      Nobody is forgotten.\n');
    expect(text).toContain('  DIFFERS The simulator accepted 86 calls, texts and mails');
  });
});
