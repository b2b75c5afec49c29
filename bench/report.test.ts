import type { Round } from './contacts';
import { cpuTable, type Figures, figuresOf, markdown, type Measured, median, table } from './report';

const CIRCUMSTANCES = { engine: 'memory', isQuick: true, loadBefore: 0.5, seconds: 60 } as const;

const round = (contactsPerSecond: number, cpuMs: Round['cpuMs']): Round => ({ contactsPerSecond, cpuMs });
const waiting = (startsPerSecond: number) => ({
  startsPerSecond,
  asleepPerSecond: 50,
  workflows: 500,
  workerBytesPerContact: 100_000,
});

const MEASURED: Measured = {
  contacts: {
    ours: [
      round(30, { server: 20, simulator: 9 }),
      round(10, { server: 40, simulator: 9 }),
      round(33, { server: 30, simulator: 9 }),
    ],
    bare: [round(20, { server: 50 }), round(10, { server: 50 }), round(22, { server: 51 })],
    campaignId: 'one',
    bareIds: [],
    history: { ours: { events: 23, workflowTasks: 4 }, bare: { events: 36, workflowTasks: 6 } },
  },
  starts: {
    ours: waiting(200),
    bare: waiting(250),
    enrolledPerSecond: 9_000,
    importsPerSecond: 400,
    postgresBytesPerContact: 3_200.4,
    campaignId: 'two',
    bareIds: [],
  },
  facts: {
    ours: { perSecond: 800, p50Ms: 2, p99Ms: 9.5 },
    bare: { perSecond: 430, p50Ms: 3, p99Ms: 40 },
    apiCpuMsPerFact: 1.5,
  },
  decisionsPerSecond: 31_234,
  forecast: { contacts: 1_000, seconds: 0.2, contactsPerSecond: 5_000, touches: 7_000 },
};

/** What others rely on to find in the last line. */
const PROMISED: readonly (keyof Figures)[] = [
  'contactsRatio',
  'startsRatio',
  'factsPerSecond',
  'factsP99Ms',
  'decisionsPerSecond',
  'forecastContactsPerSecond',
  'eventsPerContact',
  'workflowTasksPerContact',
  'workerBytesPerContact',
  'postgresBytesPerContact',
  'engine',
];

describe('the figures', () => {
  const figures = figuresOf(MEASURED, CIRCUMSTANCES);

  it('are one JSON object with every key that was promised', () => {
    const parsed: unknown = JSON.parse(JSON.stringify(figures));
    expect(Object.keys(parsed ?? {})).toEqual(expect.arrayContaining([...PROMISED]));
    expect(PROMISED.filter((key) => figures[key] === null)).toEqual([]);
  });

  it('compare each round with the one beside it, and take the middle', () => {
    expect(figures.contactsRatioOfPairs).toEqual([1.5, 1, 1.5]);
    expect(figures.contactsRatio).toBe(1.5);
    expect(figures.startsRatio).toBe(0.8);
  });

  it('leave the outside world out of the CPU of a contact', () => {
    expect(figures.cpuMsPerContact).toBe(30);
    expect(figures.bareCpuMsPerContact).toBe(50);
  });

  it('keep their keys where nothing was measured', () => {
    const empty = figuresOf({}, CIRCUMSTANCES);
    expect(Object.keys(empty)).toEqual(Object.keys(figures));
    expect(empty.contactsRatio).toBeNull();
    expect(empty.eventsPerContact).toBeNull();
  });

  it('are a table for people', () => {
    const lines = table(figures).split('\n');
    expect(lines[1]).toMatch(/^contacts\/s, launch to end +30 +20 +1\.5$/);
    expect(table(figuresOf({}, CIRCUMSTANCES))).toContain('–');
  });

  it('are a table for the documentation', () => {
    const [header, rule, first] = markdown(figures).split('\n');
    expect(header).toBe('| memory | ours | bare | ours ÷ bare |');
    expect(rule).toBe('| --- | ---: | ---: | ---: |');
    expect(first).toBe('| contacts/s, launch to end | 30 | 20 | 1.5 |');
  });

  it('say where the CPU of a contact goes', () => {
    expect(cpuTable(MEASURED.contacts ?? { ours: [], bare: [], campaignId: '', bareIds: [] })).toMatch(
      /ours: server +30\n.*ours: simulator +9\n.*bare: server +50/,
    );
  });
});

describe('the median', () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 2, 3], 2.5],
    [[7], 7],
    [[null, 5], 5],
    [[], null],
  ])('of %j is %p', (values, expected) => expect(median(values)).toBe(expected));
});
