import { createHash } from 'node:crypto';
import { decide } from '../domain/decide';
import type { Decision } from '../domain/decision';
import { differences, type Difference } from '../domain/differences';
import { stepsMissing } from '../domain/plan-history';
import type { PlannerInput } from '../domain/planner-input';
import { type Effect, effectOf, reaches, rewordedSteps } from '../domain/publish-effect';
import { type Campaign, getCampaign } from './campaign';
import { inTransaction, type Sql, type Tx } from './client';
import { appNow } from './clock';
import type { ContactName } from './enrollment-views';
import { loadPlannerFrames } from './planner-input';
import { type Prepared, prepare, type Publication } from './publish';
import type { RefusedField } from './refusal';

/** So many contacts are asked about, evenly drawn where there are more: each costs the planner twice. */
const MOST_LOOKED_AT = 1_000;

export interface PublishPreview {
  /** What would be another plan, policy or list. */
  readonly differences: readonly Difference[];
  /** What keeps it from being published. */
  readonly problems: readonly RefusedField[];
  /** Everybody who is inside, and how many of them the effects were counted over. */
  readonly open: number;
  readonly lookedAt: number;
  readonly effects: Readonly<Partial<Record<Effect, number>>>;
  readonly newSteps: readonly { readonly step: string; readonly reached: number; readonly notReached: number }[];
  readonly removedSteps: readonly { readonly step: string; readonly contacts: number }[];
  /** One contact after the other, in the order of enrollment. */
  readonly sample: readonly PreviewedContact[];
}

export interface PreviewedContact {
  readonly seq: number;
  readonly enrollmentId: string;
  readonly contact: ContactName;
  readonly effect: Effect;
  readonly before: Decision;
  readonly after: Decision;
}

export interface SamplePage {
  readonly after: number | null;
  readonly limit: number;
}

/** What a publication would do, by the planner that will do it. Nothing is locked and nothing is changed. */
export async function previewPublication(
  sql: Sql,
  id: string,
  publication: Publication,
  page: SamplePage,
): Promise<PublishPreview> {
  return inTransaction(sql, async (tx) => {
    const campaign = await getCampaign(tx, id);
    const prepared = await prepare(tx, campaign, publication, await appNow(tx));
    const look = new Look(prepared, publication, await listed(tx, prepared, campaign));
    const { open, drawn } = await draw(tx, id);
    const effects: Partial<Record<Effect, number>> = {};
    const newSteps = new Map(look.newSteps.map((step) => [step, { step, reached: 0, notReached: 0 }]));
    const looked = await loadPlannerFrames(tx, drawn);
    for (const { input, contactId } of looked) {
      const { effect, next } = look.at(input, contactId);
      effects[effect] = (effects[effect] ?? 0) + 1;
      for (const [step, count] of newSteps) count[reaches(next, step) ? 'reached' : 'notReached'] += 1;
    }
    const { definition, problems, removedSteps } = prepared;
    const { listId, plan, policy } = campaign.definition;
    return {
      differences: differences(
        { listId, plan, policy },
        { listId: definition.listId, plan: definition.plan, policy: definition.policy },
      ),
      problems,
      open,
      lookedAt: looked.length,
      effects,
      newSteps: [...newSteps.values()],
      removedSteps: Object.entries(removedSteps).map(([step, contacts]) => ({ step, contacts })),
      sample: await sampleOf(tx, id, look, page),
    };
  });
}

/** One contact before and after. */
class Look {
  readonly newSteps: readonly string[];
  private readonly reworded: ReadonlySet<string>;
  /** Compiled hours are kept by the id of their version, so this one is named after its content. */
  private readonly versionId: string;

  constructor(
    private readonly prepared: Prepared,
    private readonly publication: Publication,
    private readonly onList: ReadonlySet<string> | null,
  ) {
    const { before, definition } = prepared;
    const { plan, policy } = definition;
    this.newSteps = stepsMissing(plan, before.plan);
    this.reworded = rewordedSteps(before.plan, plan);
    this.versionId = createHash('sha256')
      .update(JSON.stringify([plan, policy]))
      .digest('hex');
  }

  at(input: PlannerInput, contactId: string) {
    const next = this.published(input, contactId);
    const before = decide(input);
    const after = decide(next);
    const isKept = this.publication.choices.inside === 'keep';
    return { before, after, next, effect: effectOf(before, after, isKept ? NONE : this.reworded) };
  }

  private published(input: PlannerInput, contactId: string): PlannerInput {
    const { definition, carried } = this.prepared;
    const { plan, policy } = definition;
    const { inside } = this.publication.choices;
    if (inside === 'keep') return { ...input, policy, policyVersionId: this.versionId };
    const replansFrom = inside === 'replan' ? carried.number : input.planVersion.replansFrom;
    const isDropped = this.onList === null ? input.enrollment.isDropped : !this.onList.has(contactId);
    return {
      ...input,
      plan,
      planVersionId: this.versionId,
      planVersion: { ...carried, replansFrom, policy },
      policy,
      policyVersionId: this.versionId,
      enrollment: { ...input.enrollment, isDropped },
    };
  }
}

const NONE: ReadonlySet<string> = new Set();

/** The contacts of another list; null = the list stays. */
async function listed(
  tx: Tx,
  { definition }: Prepared,
  { id: campaignId, listId }: Campaign,
): Promise<ReadonlySet<string> | null> {
  if (definition.listId === listId) return null;
  const rows = await tx<{ contactId: string }[]>`
    select k.contact_id from list_member m join cases k on k.id = m.case_id where m.list_id = ${definition.listId}
    union
    select contact_id from campaign_addition where campaign_id = ${campaignId}`;
  return new Set(rows.map(({ contactId }) => contactId));
}

async function draw(tx: Tx, campaignId: string): Promise<{ open: number; drawn: string[] }> {
  const rows = await tx<{ id: string; open: number }[]>`
    select id, open from (
      select id, seq, count(*) over ()::int as open, row_number() over (order by seq) as place
      from enrollment where campaign_id = ${campaignId} and state = 'open') inside
    where (place - 1) % ceil(open::numeric / ${MOST_LOOKED_AT}) = 0
    order by seq`;
  return { open: rows[0]?.open ?? 0, drawn: rows.map(({ id }) => id) };
}

async function sampleOf(
  tx: Tx,
  campaignId: string,
  look: Look,
  { after, limit }: SamplePage,
): Promise<PreviewedContact[]> {
  const rows = await tx<{ id: string; seq: number; contact: ContactName }[]>`
    select e.id, e.seq::int,
      json_build_object('id', p.id, 'externalId', p.external_id, 'firstName', p.first_name, 'lastName', p.last_name) as contact
    from enrollment e join contact p on p.id = e.contact_id
    where e.campaign_id = ${campaignId} and e.state = 'open' and (${after}::bigint is null or e.seq > ${after})
    order by e.seq limit ${limit}`;
  const ids = rows.map(({ id }) => id);
  const frames = new Map((await loadPlannerFrames(tx, ids)).map((frame) => [frame.input.enrollment.id, frame]));
  return rows.flatMap(({ id, seq, contact }) => {
    const frame = frames.get(id);
    if (frame === undefined) return [];
    const { effect, before, after: then } = look.at(frame.input, frame.contactId);
    return [{ seq, enrollmentId: id, contact, effect, before, after: then }];
  });
}
