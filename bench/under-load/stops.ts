import type { Sql } from '../../db/client';
import { signed } from '../facts';
import { COMPANY, phoneOf } from '../people';
import { type Scene, setStage } from './stage';
import { atRate, createPoster, speedOf } from './traffic';
import { type Report, shown } from './verdict';
import { callbacksOf } from './webhooks';

/** L8: people text STOP while status callbacks pour in; how long until nobody may write to them any more. */

const STOPS_PER_SECOND = 5;
const CALLBACKS_PER_SECOND = 200;
const SUPPRESSED_WITHIN_MS = 2_000;

export async function stops(scene: Scene): Promise<Report> {
  const { people, seconds } = scene.sizes.L8;
  const { product } = await setStage(scene);
  const callbacks = await callbacksOf(scene, product, people);
  const poster = createPoster(product.apiUrl);
  scene.undo.add(async () => poster.close());
  let asked = 0;
  const nextPhone = () => (asked < people ? phoneOf(asked++) : null);
  // Acknowledged only counts when another connection sees it: then it is committed.
  const stop = async (phone: string) =>
    (await poster.post(stopText(product, phone))) && (await isSuppressed(product.sql, phone));
  const [pouring, stopping] = await Promise.all([
    callbacks.send({ perSecond: CALLBACKS_PER_SECOND, seconds }),
    atRate({ perSecond: STOPS_PER_SECOND, seconds }, nextPhone, stop),
  ]);
  const [own, others] = [speedOf(stopping), speedOf(pouring)];
  const audited = await callbacks.audit();
  const lost: string[] = [];
  // Perhaps it was only too slow: the provider asks once more.
  for (const phone of stopping.refused) if (!(await stop(phone))) lost.push(phone);
  return {
    lines: [
      {
        what: `STOP to suppression, ${STOPS_PER_SECOND}/s`,
        demanded: `p99 ${SUPPRESSED_WITHIN_MS} ms`,
        reached: `p50 ${shown(own.p50Ms, 'ms')}, p99 ${shown(own.p99Ms, 'ms')}`,
      },
      {
        what: `callbacks meanwhile, ${CALLBACKS_PER_SECOND}/s`,
        demanded: '–',
        reached: `p50 ${shown(others.p50Ms, 'ms')}, p99 ${shown(others.p99Ms, 'ms')}`,
      },
      { what: 'STOPs obeyed', demanded: shown(stopping.sent), reached: shown(stopping.sent - lost.length) },
    ],
    breaks:
      (own.p99Ms ?? Number.POSITIVE_INFINITY) < SUPPRESSED_WITHIN_MS
        ? `not at ${CALLBACKS_PER_SECOND} callbacks/s`
        : `at ${CALLBACKS_PER_SECOND} callbacks/s or before: STOPs wait in the same queue`,
    figures: {
      people,
      seconds,
      stops: stopping.sent,
      ...own,
      callbacksP50Ms: others.p50Ms,
      callbacksP99Ms: others.p99Ms,
    },
    wrongs: { ...audited.wrongs, lost: audited.wrongs.lost + lost.length },
    examples: [...(lost.length > 0 ? [`${lost.length} STOPs were not obeyed`] : []), ...audited.examples],
  };
}

let texts = 0;

function stopText({ keys, apiUrl }: Parameters<typeof callbacksOf>[1], phone: string) {
  const sid = `SM${String(++texts).padStart(32, '0')}`;
  return signed(keys, apiUrl, '/webhooks/twilio/sms/inbound', {
    MessageSid: sid,
    SmsSid: sid,
    From: phone,
    To: COMPANY.callerNumbers[0] ?? '',
    Body: 'STOP',
    NumMedia: '0',
    SmsStatus: 'received',
  });
}

async function isSuppressed(sql: Sql, phone: string): Promise<boolean> {
  const rows = await sql`
    select from suppression s join address a on a.hash = s.hash
    where a.value = ${phone} and s.lifted_at is null and 'sms' = any(s.channels)`;
  return rows.length > 0;
}
