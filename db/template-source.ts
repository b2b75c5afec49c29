import type { TemplateChannel, Variant } from '../domain/message-template';
import { getAnyCampaign } from './campaign';
import type { Db } from './client';
import { Refusal } from './refusal';
import { readTemplates } from './template-use';

/** A message that a campaign plans. */
export interface MessageName {
  readonly campaignId: string;
  readonly runKey: string;
  readonly messageKey: string;
  /** Of the words that are for everybody; a plan does not say it. */
  readonly language: string;
}

/** The words of a planned message, as a template would have them. */
export async function wordsOfMessage(
  db: Db,
  { campaignId, runKey, messageKey, language }: MessageName,
): Promise<{ readonly channel: TemplateChannel; readonly variants: readonly Variant[] }> {
  const campaigns = await db`select 1 from campaign where id = ${campaignId}`;
  if (campaigns.length === 0) throw missing('campaignId', 'there is no such campaign', campaignId);
  const { definition: written } = await getAnyCampaign(db, campaignId);
  if (written === null) throw missing('campaignId', 'the campaign is a draft that is not complete yet', campaignId);
  const { definition, problems } = await readTemplates(db, written);
  const [problem] = problems;
  if (problem !== undefined)
    throw missing('campaignId', `its words can not be had (${problem.pointer}: ${problem.detail})`, campaignId);
  const run = definition.plan.runs.find(({ key }) => key === runKey);
  if (run === undefined) throw missing('runKey', 'the campaign has no such run', runKey);
  const message = run.messages.find(({ key }) => key === messageKey);
  if (message === undefined) throw missing('messageKey', 'the run has no such message', messageKey);
  const own = { language, ...wordsOf(message) };
  const others = Object.entries(message.translations ?? {}).map(([other, words]) => ({
    language: other,
    ...wordsOf(words),
  }));
  return { channel: message.channel, variants: [own, ...others] };
}

function wordsOf({ text, subject = null }: { readonly text: string; readonly subject?: string | null }) {
  return { subject, text };
}

function missing(field: string, detail: string, value: string): Refusal {
  return new Refusal('unknown_reference', detail, [{ pointer: `#/from/${field}`, detail, value }]);
}
