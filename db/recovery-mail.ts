import { decide } from '../domain/decide';
import type { Instant } from '../domain/instant';
import type { ClaimKeys } from './claim';
import { type Db, inTransaction, type Sql } from './client';
import { type Candidate, inputAt, lockCandidate, storePast } from './past-attempt';
import { loadPlannerFrame } from './planner-input';
import { addressHash } from './tokens';

/** More mails than anybody's plan has for one gap. */
const MOST_MAILS = 50;
const PAGE = 500;

/** From and until when something may have happened that is not written down here; business time. */
export interface Gap {
  readonly fromAt: Instant;
  readonly untilAt: Instant;
}

/** Mail has no books to be asked: what was planned for the gap counts as sent. Answers how many mails that are. */
export async function presumeMails(sql: Sql, gap: Gap, keys: ClaimKeys): Promise<number> {
  let presumed = 0;
  let after = 0;
  for (;;) {
    const page = await sql<(Candidate & { at: number })[]>`
      select e.id, e.contact_id, c.seq::int as seq, e.seq::float8 as at
      from enrollment e
      join campaign c on c.id = e.campaign_id and c.status in ('active', 'paused')
      join version v on v.id = coalesce(e.plan_version_id, c.current_version_id)
      where e.state = 'open' and e.seq > ${after} and 'email' in (select plan_channels(v.plan))
      order by e.seq limit ${PAGE}`;
    for (const candidate of page) presumed += await presumeMailsOf(sql, candidate, gap, keys);
    const last = page.at(-1);
    if (last === undefined) return presumed;
    after = last.at;
  }
}

async function presumeMailsOf(sql: Sql, candidate: Candidate, { fromAt, untilAt }: Gap, keys: ClaimKeys) {
  return inTransaction(sql, async (tx) => {
    await lockCandidate(tx, candidate);
    const [sender] = await tx<{ mailFrom: string }[]>`select mail_from from settings`;
    const fromHash = addressHash(keys.addressKey, 'email', sender?.mailFrom ?? '');
    let presumed = 0;
    for (let at = fromAt; at <= untilAt && presumed < MOST_MAILS; ) {
      const frame = await loadPlannerFrame(tx, candidate.id, 'granted');
      const decision = decide(inputAt(frame.input, at, 'email'));
      if (decision.kind === 'wait' && decision.askAt > at) at = decision.askAt;
      else if (decision.kind !== 'touch') break;
      else {
        const claimedRt = await realInstant(tx);
        const past = { frame, at, decision, claimedRt, fromHash, keys, state: 'unknown_final', evidence: {} } as const;
        if ((await storePast(tx, past)) === null) break;
        presumed++;
      }
    }
    return presumed;
  });
}

async function realInstant(db: Db): Promise<number> {
  const [row] = await db<{ rt: number }[]>`select ms(clock_timestamp()) as rt`;
  if (row === undefined) throw new Error('the database did not answer');
  return row.rt;
}
