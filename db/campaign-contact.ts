import { orderSentence, REMOVED, refusalToResume } from '../domain/contact-order';
import { type Campaign, getCampaign } from './campaign';
import { requireStatus } from './campaign-life';
import { carryCases } from './carried-case';
import { recordChange } from './change-log';
import { inTransaction, type Sql, type Tx } from './client';
import { lockStops, rejectStopped } from './crm-standing';
import { lockEnrollment } from './enrollment';
import { type EnrollmentSummary, getEnrollment, standingOf } from './enrollment-views';
import { type Received, receiveIn } from './inbox';
import { Refusal } from './refusal';
import { standings } from './sweeps/enroll';
import { recordTimeline } from './timeline';

/** One contact of a campaign that lives (U-13): added without being on its list, or taken out of it. */

export interface ContactPlace {
  readonly campaignId: string;
  readonly contactId: string;
  readonly note?: string | undefined;
  readonly actor: string;
  /** Names the request; the same again changes nothing. */
  readonly requestKey: string;
}

export interface Placed {
  readonly change: 'enrolled' | 'rejected' | 'reopened' | 'removed' | 'unchanged';
  readonly enrollment: EnrollmentSummary;
  /** What the workflow has to hear of. */
  readonly received: Received | null;
}

/** Null = every case of the contact that is of the list's type. */
export type AddedCase = { readonly caseId: string | null };

/** The contact joins with a case of the list's type, and is enrolled at once, or rejected with the reason. */
export async function addContact(sql: Sql, place: ContactPlace & AddedCase): Promise<Placed> {
  return inTransaction(sql, async (tx) => {
    const { campaignId, contactId } = place;
    const campaign = await lockCampaign(tx, campaignId);
    requireStatus(campaign, ['active', 'paused'], 'given another contact');
    const stops = await lockStops(tx, campaignId);
    const enrollmentId = await lockRow(tx, campaignId, contactId);
    const before = enrollmentId === null ? null : await getEnrollment(tx, enrollmentId);
    await requireContact(tx, contactId);
    await joinCases(tx, campaign, place);
    const taken = enrollmentId === null ? await enroll(tx, place) : await takeUp(tx, place, enrollmentId);
    const id = await lockRow(tx, campaignId, contactId);
    if (id === null) throw new Error('the contact was not enrolled');
    await carryCases(tx, id, await addedCases(tx, place), place.actor);
    // With all their cases by now.
    const stopped = taken.change === 'enrolled' ? await rejectStopped(tx, stops, [contactId]) : NOBODY;
    const enrollment = await getEnrollment(tx, id);
    const outcome = before?.reason === enrollment.reason ? 'unchanged' : 'rejected';
    const change = stopped.has(id) ? outcome : taken.change;
    if (change !== 'unchanged')
      await recordChange(tx, { entity: 'enrollment', entityId: id, change: 'contact_added', actor: place.actor });
    return { ...taken, change, enrollment };
  });
}

const NOBODY: ReadonlySet<string> = new Set();

/** Ends outreach to the contact in this campaign, with a reason of its own: no list and no bulk order takes it up again. */
export async function removeContact(sql: Sql, place: ContactPlace): Promise<Placed> {
  return inTransaction(sql, async (tx) => {
    const { campaignId, contactId, actor, note } = place;
    const campaign = await lockCampaign(tx, campaignId);
    if (campaign.status === 'draft')
      throw new Refusal(
        'wrong_status',
        'the campaign is a draft, which nobody is enrolled in yet; change its list instead',
      );
    const enrollmentId = (await lockRow(tx, campaignId, contactId)) ?? (await keepOut(tx, place));
    const before = await getEnrollment(tx, enrollmentId);
    if (before.state === 'rejected') {
      await closeRejected(tx, enrollmentId, actor);
      return { change: 'removed', enrollment: await getEnrollment(tx, enrollmentId), received: null };
    }
    if (before.state === 'ended') return { change: 'unchanged', enrollment: before, received: null };
    const body = { kind: 'order', order: 'remove', ...(note === undefined ? {} : { note }) } as const;
    const received = await order(tx, place, enrollmentId, body);
    await recordChange(tx, { entity: 'enrollment', entityId: enrollmentId, change: 'contact_removed', actor });
    return { change: 'removed', enrollment: await getEnrollment(tx, enrollmentId), received };
  });
}

/** No sweep enrolls or completes meanwhile, and nobody stops the campaign. */
async function lockCampaign(tx: Tx, id: string): Promise<Campaign> {
  await tx`select from campaign where id = ${id} for no key update`;
  return getCampaign(tx, id);
}

async function lockRow(tx: Tx, campaignId: string, contactId: string): Promise<string | null> {
  const [row] = await tx<{ id: string }[]>`
    select id from enrollment where campaign_id = ${campaignId} and contact_id = ${contactId}`;
  if (row === undefined) return null;
  await lockEnrollment(tx, row.id);
  return row.id;
}

/** Not erased, and not being erased. */
async function requireContact(tx: Tx, id: string): Promise<void> {
  const [row] = await tx<{ erased: boolean }[]>`
    select erased_rt is not null as erased from contact where id = ${id} for share`;
  if (row === undefined)
    throw new Refusal('unknown_reference', `there is no contact ${id}`, [
      { pointer: '#/contactId', detail: 'there is no such contact', value: id },
    ]);
  if (row.erased) throw new Refusal('order_refused', orderSentence('erased', null));
}

/** Whoever is on the list comes with the cases that are; everybody else with what is added here. */
async function joinCases(
  tx: Tx,
  { listId }: Campaign,
  { campaignId, contactId, caseId, actor }: ContactPlace & AddedCase,
) {
  const cases = await tx<{ id: string; isFit: boolean; isListed: boolean; caseType: string }[]>`
    select k.id, k.case_type = l.case_type as is_fit, l.case_type,
      exists (select from list_member m where m.list_id = l.id and m.case_id = k.id) as is_listed
    from list l
    left join cases k on k.contact_id = ${contactId} and (${caseId}::uuid is null or k.id = ${caseId}::uuid)
    where l.id = ${listId}`;
  const fit = cases.filter(({ isFit }) => isFit);
  if (fit.length === 0) throw unfit(cases[0]?.caseType ?? '', caseId);
  if (fit.some(({ isListed }) => isListed)) return;
  await tx`
    insert into campaign_addition as a (campaign_id, contact_id, cases, added_at, actor)
    values (${campaignId}, ${contactId}, ${fit.map(({ id }) => id)}::uuid[], app_now(), ${actor})
    on conflict (campaign_id, contact_id) do update
      set cases = array(select distinct unnest(a.cases || excluded.cases) order by 1)`;
}

function unfit(caseType: string, caseId: string | null): Refusal {
  const detail = `must be a case of the contact, of the type "${caseType}" that the campaign's list is about`;
  if (caseId !== null)
    return new Refusal('unknown_reference', `caseId ${detail}`, [{ pointer: '#/caseId', detail, value: caseId }]);
  return new Refusal(
    'order_refused',
    `the contact has no case of the type "${caseType}" that the campaign's list is about; give the contact one first`,
  );
}

async function enroll(tx: Tx, { campaignId, contactId }: ContactPlace): Promise<Omit<Placed, 'enrollment'>> {
  const [row] = await tx<{ state: string }[]>`
    insert into enrollment (campaign_id, contact_id, cases, enrolled_at, state, reason, wants_workflow)
    select ${campaignId}, s.contact_id, array(select distinct unnest(s.cases || coalesce(a.cases, '{}')) order by 1),
      app_now(), state, reason, state = 'open'
    from (${standings(tx, campaignId, [contactId])}) s
    left join campaign_addition a on a.campaign_id = ${campaignId} and a.contact_id = s.contact_id
    returning state`;
  return { change: row?.state === 'open' ? 'enrolled' : 'rejected', received: null };
}

/** Whoever was taken out without a word of their own, by hand or with the list, may come back by hand. */
const COME_BACK: ReadonlySet<string | null> = new Set([REMOVED, 'left_list']);

/** Who was rejected may be reachable by now; who was taken out comes back, unless something else bars it. */
async function takeUp(tx: Tx, place: ContactPlace, enrollmentId: string): Promise<Omit<Placed, 'enrollment'>> {
  const standing = await standingOf(tx, enrollmentId);
  if (standing.state === 'rejected') {
    const opened = await tx`
      update enrollment e set state = 'open', reason = null, enrolled_at = app_now(), wants_workflow = true,
        cases = array(select distinct unnest(e.cases || s.cases) order by 1)
      from (${standings(tx, place.campaignId, [place.contactId])}) s
      where e.id = ${enrollmentId} and s.state = 'open'
      returning 1`;
    return { change: opened.length > 0 ? 'enrolled' : 'unchanged', received: null };
  }
  if (!COME_BACK.has(standing.reason)) return { change: 'unchanged', received: null };
  const refusal = refusalToResume({ ...standing, reason: null });
  if (refusal !== null) throw new Refusal('order_refused', orderSentence(refusal.reason, refusal.detail));
  const received = await order(tx, place, enrollmentId, { kind: 'order', order: 'resume' });
  return { change: 'reopened', received };
}

type Order = { readonly kind: 'order'; readonly order: 'remove' | 'resume'; readonly note?: string };

async function order(
  tx: Tx,
  { actor, requestKey }: ContactPlace,
  enrollmentId: string,
  body: Order,
): Promise<Received> {
  const eventKey = `${body.order}:${requestKey}:${enrollmentId}`;
  return receiveIn(tx, {
    source: 'api',
    eventKey,
    raw: { enrollmentId, ...body },
    actor,
    fact: { body, enrollmentId },
  });
}

async function addedCases(tx: Tx, { campaignId, contactId }: ContactPlace): Promise<readonly string[]> {
  const [added] = await tx<{ cases: string[] }[]>`
    select cases from campaign_addition where campaign_id = ${campaignId} and contact_id = ${contactId}`;
  return added?.cases ?? [];
}

/** Listed, and not enrolled yet: a row that has ended keeps the sweep from enrolling the contact. */
async function keepOut(tx: Tx, { campaignId, contactId, actor }: ContactPlace): Promise<string> {
  const [row] = await tx<{ id: string; at: number }[]>`
    insert into enrollment (campaign_id, contact_id, cases, enrolled_at, ended_at, state, reason, wants_workflow)
    select c.id, k.contact_id, array_agg(k.id order by k.id), app_now(), app_now(), 'ended', ${REMOVED}, false
    from campaign c join list_member m on m.list_id = c.list_id join cases k on k.id = m.case_id
    where c.id = ${campaignId} and k.contact_id = ${contactId}
    group by c.id, k.contact_id
    returning id, ms(ended_at) as at`;
  if (row === undefined) throw new Refusal('not_found', `there is no contact ${contactId} in the campaign`);
  await tellRemoved(tx, row, actor);
  return row.id;
}

/** Whoever could not be enrolled is taken in when an address is found; not so who was taken out. */
async function closeRejected(tx: Tx, enrollmentId: string, actor: string): Promise<void> {
  const [row] = await tx<{ id: string; at: number }[]>`
    update enrollment set state = 'ended', reason = ${REMOVED}, ended_at = app_now()
    where id = ${enrollmentId} returning id, ms(ended_at) as at`;
  if (row !== undefined) await tellRemoved(tx, row, actor);
}

async function tellRemoved(tx: Tx, { id, at }: { readonly id: string; readonly at: number }, actor: string) {
  const data = { status: 'completed', reason: REMOVED };
  await recordTimeline(tx, { enrollmentId: id, kind: 'contact_status_changed', data, actor, at });
  await recordChange(tx, { entity: 'enrollment', entityId: id, change: 'contact_removed', actor });
}
