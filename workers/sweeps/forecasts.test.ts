import { randomUUID } from 'node:crypto';
import { createForecast, getForecast } from '../../db/forecast';
import { AssumptionsSchema } from '../../domain/forecast-assumptions';
import { databaseOfThisFile } from '../../test/database';
import { freezeAt, MONDAY_NOON, seedOutreach } from '../../test/seed';
import { forecasts } from './forecasts';

const { sql } = databaseOfThisFile();

async function untilIdle(round: () => Promise<boolean>): Promise<void> {
  for (let isBusy = true; isBusy; ) isBusy = await round();
}

test('forecasts that wait are done one after the other, old ones are forgotten (N-3)', async () => {
  await freezeAt(sql, MONDAY_NOON);
  const { campaignId } = await seedOutreach(sql);
  const ids = [randomUUID(), randomUUID()];
  const asked = {
    campaignId,
    startsAt: null,
    days: 5,
    lines: null,
    assumptions: AssumptionsSchema.parse({}),
    actor: 'test',
  };
  for (const id of ids) await createForecast(sql, { id, ...asked });
  const { round } = forecasts({ sql });
  await untilIdle(round);
  expect((await Promise.all(ids.map((id) => getForecast(sql, id)))).map(({ state }) => state)).toEqual([
    'done',
    'done',
  ]);
  await sql`update forecast set created_rt = clock_timestamp() - interval '31 days' where id = ${ids[0] ?? ''}`;
  expect(await round()).toBe(true);
  expect(await round()).toBe(false);
  await expect(getForecast(sql, ids[0] ?? '')).rejects.toMatchObject({ code: 'not_found' });
});

test('the next round tells of a failure, and the work is taken over later', async () => {
  const { campaignId } = await seedOutreach(sql);
  const id = randomUUID();
  await createForecast(sql, {
    id,
    campaignId,
    startsAt: null,
    days: 5,
    lines: null,
    assumptions: AssumptionsSchema.parse({}),
    actor: 'test',
  });
  await sql`create function break_down() returns trigger language plpgsql as $$ begin raise 'broken'; end $$`;
  await sql`create trigger break_down before insert on forecast_contact for each row execute function break_down()`;
  const { round } = forecasts({ sql });
  await round();
  await expect(round()).rejects.toThrow('broken');
  await sql`drop trigger break_down on forecast_contact`;
  await sql`update forecast set seen_rt = clock_timestamp() - interval '61 seconds' where id = ${id}`;
  await untilIdle(round);
  expect((await getForecast(sql, id)).state).toBe('done');
});
