import { Client, Connection } from '@temporalio/client';
import {
  CONTACT_WORKFLOW,
  type ContactInput,
  GRANT_SIGNAL,
  type Order,
  OUTCOME_SIGNAL,
  say,
  TASK_QUEUE,
} from './messages';

/** A client process of the bare engine: one starts and grants, as the product's sweeps do, one tells outcomes, as its API does. */

/** As many requests at once as the product's sweeps make. */
const PARALLEL = 20;
/** As often as the product hands out lines. */
const GRANT_EVERY_MS = 250;

async function main(): Promise<void> {
  const connection = await Connection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '' });
  const { workflow } = new Client({ connection, namespace: 'default' });
  let waiting: string[] = [];
  const grants = setInterval(() => {
    const granted = waiting;
    waiting = [];
    void forEach(granted, async (id) => workflow.getHandle(id).signal(GRANT_SIGNAL));
  }, GRANT_EVERY_MS);

  const orders: { [K in Order['do']]: (order: Extract<Order, { do: K }>) => Promise<void> } = {
    async start({ ids, sleepMs, withinMs }) {
      const untilMs = performance.now() + withinMs;
      let count = 0;
      await forEach(ids, async (id) => {
        if (performance.now() > untilMs) return;
        const input: ContactInput = { id, sleepMs };
        await workflow.start(CONTACT_WORKFLOW, { workflowId: id, taskQueue: TASK_QUEUE, args: [input] });
        count += 1;
      });
      say({ is: 'started', count });
    },
    async grant({ id }) {
      waiting.push(id);
    },
    async 'tell the outcome'({ id }) {
      await workflow.getHandle(id).signal(OUTCOME_SIGNAL, 'converted');
    },
    async 'await the end'({ ids }) {
      await forEach(ids, async (id) => void (await workflow.getHandle(id).result()));
      say({ is: 'all ended' });
    },
  };

  process.on('message', (order: Order) => {
    // The compiler can't see that the key and the order belong together.
    const carryOut = orders[order.do] as (given: Order) => Promise<void>;
    carryOut(order).catch(fail);
  });
  process.once('disconnect', () => {
    clearInterval(grants);
    void connection.close();
  });
  say({ is: 'ready' });
}

async function forEach<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items].reverse();
  const worker = async () => {
    for (let item = left.pop(); item !== undefined; item = left.pop()) await work(item);
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
}

function fail(error: unknown): never {
  console.error(error);
  process.exit(1);
}

main().catch(fail);
