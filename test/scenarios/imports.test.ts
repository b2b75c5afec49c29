import { until } from '../until';
import { startWorkerProcess } from '../worker-process';
import { World } from '../world';

/** One file, and workers that are killed with -9 while they take it in. */

const ROWS = 12_000;
const KILLS = 3;

let world: World;
afterEach(() => world.stop());

interface Shown {
  readonly id: string;
  readonly status: string;
  readonly rows: number;
  readonly counts: Readonly<Record<string, number>>;
}

it('an import is resumable after a kill: each row once, none lost, whoever takes it in (K-16)', async () => {
  world = await World.create({ workers: false });
  const lines = Array.from({ length: ROWS }, (_, n) => `K${n},Person ${n},k${n}@example.com`);
  const file = ['external_id,first_name,email', ...lines].join('\n');
  const { id } = await world.api.upload<Shown>('/v1/imports?newList=Large&caseType=intake', 'text/csv', file);
  await world.api.send('POST', `/v1/imports/${id}/start`);
  const read = () => world.api.get<Shown>(`/v1/imports/${id}`);

  let killedAt = 0;
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const workers = await Promise.all([
      startWorkerProcess(world, 'bulk'),
      ...(kill === 2 ? [startWorkerProcess(world, 'bulk')] : []),
    ]);
    const { rows } = await until('some more rows were taken in', async () => {
      const now = await read();
      return now.rows > killedAt && now;
    });
    killedAt = rows;
    await Promise.all(workers.map(({ child }) => child.kill()));
  }
  expect((await read()).rows).toBeLessThan(ROWS);

  await startWorkerProcess(world, 'bulk');
  const done = await until('the import is done', async () => {
    const now = await read();
    return now.status !== 'running' && now;
  });
  expect(done).toMatchObject({ status: 'done', rows: ROWS, counts: { created: ROWS, updated: 0, rejected: 0 } });
  const [counted] = await world.sql<{ people: number; members: number; results: number; entries: number }[]>`
    select (select count(*)::int from contact) as people, (select count(*)::int from list_member) as members,
      (select count(*)::int from import_row where import_id = ${id}) as results,
      (select count(*)::int from change_log where entity = 'contact' and change = 'created') as entries`;
  expect(counted).toEqual({ people: ROWS, members: ROWS, results: ROWS, entries: ROWS });
});
