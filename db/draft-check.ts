import { type CampaignDefinition, CampaignDefinitionSchema, type CampaignStatus } from '../domain/campaign-definition';
import { type DraftSteps, withAgent } from '../domain/draft';
import { type DraftProblem, inOrderOfSteps, inspectDraft, type Inspection, problemAt } from '../domain/draft-problems';
import { type Agent, findAgent } from './agent';
import type { Db, Tx } from './client';
import { holdAgentAndForm, linked } from './compatibility';
import { crmFieldProblems } from './crm-field-check';
import { crmNoteProblems } from './crm-note-check';
import { launchProblems } from './launch-check';
import { uncheckedProblems } from './number-check';
import { Refusal, type RefusedField } from './refusal';
import { fillTemplates, templatesIn } from './template-use';

export interface Judged {
  readonly status: CampaignStatus;
  readonly revision: number;
  /** Everything that keeps it from being launched, or the next version of it from being published. */
  readonly problems: readonly DraftProblem[];
}

interface Judgement extends Judged {
  /** What a launch would freeze if there were no problems. */
  readonly definition: CampaignDefinition;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Changes nothing, and stops nobody from saving (S1-31, S1-107). */
export async function judgeCampaign(db: Db, id: string): Promise<Judged> {
  const { status, revision, problems } = await judge(db, id);
  return { status, revision, problems };
}

/** What a launch freezes; refused with all problems at once (S1-106). The caller holds the campaign. */
export async function launchableDefinition(tx: Tx, id: string): Promise<CampaignDefinition> {
  const { problems, definition } = await judge(tx, id, (named) => holdAgentAndForm(tx, named));
  if (problems.length === 0) return definition;
  const fields = problems.map(({ pointer, rule, step, value }) => ({
    pointer,
    detail: rule,
    step,
    ...(value === undefined ? {} : { value }),
  }));
  throw new Refusal('launch_refused', fields.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; '), fields);
}

/** The definition that the steps come to with what the agent brings along; null = it is not complete. */
export async function completeDefinition(db: Db, steps: DraftSteps): Promise<CampaignDefinition | null> {
  const { problems, sound } = await inspectSteps(db, steps);
  return problems.length === 0 ? sound : null;
}

/** The same with stand-ins for what is missing or wrong, and with what that is. */
export async function inspectSteps(db: Db, steps: DraftSteps): Promise<Inspection> {
  return inspectDraft(withAgentOf(steps, await agentOf(db, steps)));
}

/** The agent that was chosen, if there is such a one. */
export async function agentOf(db: Db, { agent }: DraftSteps): Promise<Agent | null> {
  const id = agent?.['agentId'];
  return isId(id) ? findAgent(db, id) : null;
}

/** Can the database be asked for it? */
export function isId(typed: unknown): typed is string {
  return typeof typed === 'string' && UUID.test(typed);
}

type Hold = (definition: CampaignDefinition) => Promise<void>;

async function judge(db: Db, id: string, hold: Hold = async () => undefined): Promise<Judgement> {
  const [row] = await db<
    { status: CampaignStatus; revision: number; steps: DraftSteps | null; definition: unknown }[]
  >`select status, revision, steps, definition from campaign where id = ${id}`;
  if (row === undefined) throw new Refusal('not_found', `there is no campaign ${id}`);
  const { status, revision, steps } = row;
  if (steps !== null) return { status, revision, ...(await judgeSteps(db, { id, status }, steps, hold)) };
  const written = await linked(db, CampaignDefinitionSchema.parse(row.definition));
  await hold(written);
  const inUse = status === 'draft' ? NONE : templatesIn(written.plan);
  const { definition, found } = await filledAndChecked(db, id, { written, inUse, status });
  return {
    status,
    revision,
    definition,
    problems: found.map(({ pointer, detail, value }) => problemAt(pointer, detail, value)),
  };
}

async function judgeSteps(
  db: Db,
  { id, status }: { readonly id: string; readonly status: CampaignStatus },
  steps: DraftSteps,
  hold: Hold,
): Promise<Pick<Judgement, 'problems' | 'definition'>> {
  const { problems, sound, isStandIn } = await inspectSteps(db, steps);
  await hold(sound);
  const { definition, found } = await filledAndChecked(db, id, { written: sound, inUse: NONE, status });
  return {
    definition,
    problems: inOrderOfSteps([
      ...problems,
      ...found
        .filter(({ pointer }) => !isStandIn(pointer))
        .map(({ pointer, detail, value }) => problemAt(pointer, detail, value)),
    ]),
  };
}

const NONE: ReadonlySet<string> = new Set();

interface Unchecked {
  readonly written: CampaignDefinition;
  readonly inUse: ReadonlySet<string>;
  readonly status: CampaignStatus;
}

/** With the words of its templates. Archived ones stay good only for a campaign that has them `inUse`. */
async function filledAndChecked(
  db: Db,
  id: string,
  { written, inUse, status }: Unchecked,
): Promise<{ readonly definition: CampaignDefinition; readonly found: readonly RefusedField[] }> {
  const { definition, problems } = await fillTemplates(db, written, inUse);
  const found = [
    ...problems,
    ...(await launchProblems(db, definition)),
    ...(await crmFieldProblems(db, id, definition)),
    // Who is held back in a campaign that goes on keeps nobody from mending its words.
    ...(status === 'draft' ? await uncheckedProblems(db, definition) : []),
    ...(await crmNoteProblems(db, id, definition)),
  ];
  return { definition, found };
}

function withAgentOf(steps: DraftSteps, agent: Agent | null): DraftSteps {
  return agent === null ? steps : withAgent(steps, agent);
}
