import type { Gauge } from 'prom-client';
import type { Sql } from '../db/client';
import { openReadings, totalReadings, type Reading } from '../db/gauges';
import type { Metrics } from './metrics';

interface Shape {
  readonly help: string;
  readonly labels?: readonly string[];
}

const OPEN: Readonly<Record<string, Shape>> = {
  locked_for_recovery: { help: 'Is the installation locked, because a database was restored or lost?' },
  lines: { help: 'Calls that may be live at once, over all line groups.' },
  lines_in_use: { help: 'Calls that hold a line now.' },
  line_queue_length: { help: 'Enrollments that wait for a line.' },
  line_queue_oldest_seconds: { help: 'How long the first of them has waited.' },
  enrollments_to_start: { help: 'Enrollments without the workflow that they want, counted to 10,000.' },
  overdue_enrollments: { help: 'Enrollments whose instant has passed without a step, counted to 10,000.' },
  overdue_oldest_seconds: { help: 'How long ago the oldest of them should have been stepped.' },
  open_attempts: { help: 'Attempts whose end is not known yet.', labels: ['channel', 'state'] },
  open_attempt_oldest_seconds: { help: 'Age of the oldest of them.', labels: ['channel'] },
  attempts_past_deadline: { help: 'Attempts that reconciliation has to ask the provider about.' },
  relay_backlog: { help: 'Facts that no step has seen.' },
  relay_oldest_seconds: { help: 'Age of the oldest of them.' },
  facts_unfolded: { help: 'Facts that nothing could be made of yet.' },
  inbox_unfolded: { help: 'Arrivals that nothing could be made of yet.' },
  wakes: { help: 'Requests to wake somebody that nobody has carried out.' },
  pending_executions: { help: 'Actions that are ordered and not done.', labels: ['kind'] },
  pending_execution_oldest_seconds: { help: 'Age of the oldest of them, in business time.' },
  database_connections: { help: 'Connections to our database.', labels: ['state'] },
  database_connections_allowed: { help: 'max_connections of the server.' },
};

const TOTAL: Readonly<Record<string, Shape>> = {
  campaigns: { help: 'Campaigns.', labels: ['status'] },
  enrollments: { help: 'Enrollments.', labels: ['state'] },
  attempts: { help: 'Attempts.', labels: ['channel', 'state'] },
  facts: { help: 'Facts.', labels: ['kind'] },
  executions: { help: 'Actions that were ordered.', labels: ['kind', 'state'] },
  suppressions: { help: 'Suppressions that hold.' },
  database_bytes: { help: 'Size of our database.' },
};

export interface Ages {
  readonly openMs: number;
  readonly totalMs: number;
}

/** Scrapes by several watchers cost no more than one. */
const AGES: Ages = { openMs: 5_000, totalMs: 60_000 };

/** The state of the installation as its database has it: the same from whichever process is asked, so never to be summed. */
export function watchDatabase(metrics: Metrics, sql: Sql, ages: Ages = AGES): void {
  const up = metrics.gauge('database_up', 'Did the database answer the last time that its figures were read?', [
    'figures',
  ]);
  watch(metrics, up, 'open', OPEN, () => openReadings(sql), ages.openMs);
  watch(metrics, up, 'total', TOTAL, () => totalReadings(sql), ages.totalMs);
}

function watch(
  metrics: Metrics,
  up: Gauge,
  figures: string,
  shapes: Readonly<Record<string, Shape>>,
  read: () => Promise<Reading[]>,
  ageMs: number,
): void {
  const gauges = new Map(
    Object.entries(shapes).map(([name, { help, labels }]) => [name, metrics.gauge(name, help, labels)]),
  );
  let readAtMs = -Infinity;
  let reading: Promise<void> | undefined;
  const renew = async () => {
    const fresh = await read().catch(() => null);
    readAtMs = performance.now();
    up.set({ figures }, fresh === null ? 0 : 1);
    // Old figures would look like good ones, so without an answer there are none.
    for (const gauge of gauges.values()) {
      gauge.reset();
      // A gauge without labels is reset to 0 and not to nothing.
      if (fresh === null) gauge.remove({});
    }
    for (const { name, labels, value } of fresh ?? []) gauges.get(name)?.set(labels, value);
  };
  metrics.beforeScrape(async () => {
    if (performance.now() - readAtMs < ageMs) return;
    reading ??= renew().finally(() => {
      reading = undefined;
    });
    await reading;
  });
}
