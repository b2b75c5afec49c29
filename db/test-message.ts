import type { CampaignDefinition } from '../domain/campaign-definition';
import type { Channel } from '../domain/channel';
import type { Run } from '../domain/plan';
import { CALL_STEP } from '../domain/touch-key';
import { wordsIn } from '../domain/wording';
import { getCampaign } from './campaign';
import type { Db } from './client';
import {
  callContent,
  type Content,
  mailContent,
  type MailWords,
  type Prepared,
  smsContent,
  type SmsWords,
  valuesOf,
} from './content';
import type { TestSource } from './own-message';
import { type Reader, readerOf } from './reader';
import { Refusal } from './refusal';
import { getTemplate, getTemplateVersion } from './template';
import { linksToNowhere, variantFor } from './template-preview';
import { readTemplates } from './template-use';

/** What is to be tried: a version of a template, or the call or a message of a campaign. */
export type TestedWords = TemplateWords | CampaignWords;

interface TemplateWords {
  readonly templateId: string;
  readonly templateVersion?: number | undefined;
}

interface CampaignWords {
  readonly campaignId: string;
  readonly runKey: string;
  readonly stepKey: string;
}

export interface TestAsk {
  readonly words: TestedWords;
  readonly contactId: string | null;
  /** Left out = the contact's. */
  readonly language?: string | undefined;
}

interface PreparedTest {
  readonly source: TestSource;
  readonly channel: Channel;
  readonly content: Content;
}

const NO_TEMPLATE = { templateId: null, templateVersion: null };
const NO_CAMPAIGN = { campaignId: null, runKey: null, stepKey: null };

/** The words as they would be sent, for the claim of a test; refuses what an attempt would not send either. */
export async function prepareTest(db: Db, ask: TestAsk, publicUrl: string): Promise<PreparedTest> {
  return 'templateId' in ask.words
    ? ofTemplate(db, ask, ask.words, publicUrl)
    : ofCampaign(db, ask, ask.words, publicUrl);
}

async function ofTemplate(
  db: Db,
  { contactId, language }: TestAsk,
  { templateId, templateVersion }: TemplateWords,
  publicUrl: string,
): Promise<PreparedTest> {
  await requireThere(db`select 1 from message_template where id = ${templateId}`, 'templateId', templateId);
  const { channel, version } = await getTemplate(db, templateId);
  const { number, variants } = await getTemplateVersion(db, templateId, templateVersion ?? version, 'templateVersion');
  const reader = await readerOf(db, { contactId, campaignId: null });
  const { subject, text } = variantFor(variants, language ?? reader.language);
  const values = valuesOf(reader, linksToNowhere(publicUrl));
  const prepared = subject === null ? smsContent({ text }, values) : mailContent({ subject, text }, reader, values);
  const source = { templateId, templateVersion: number, ...NO_CAMPAIGN, contactId };
  return { source, channel, content: complete(prepared) };
}

async function ofCampaign(
  db: Db,
  { contactId, language }: TestAsk,
  { campaignId, runKey, stepKey }: CampaignWords,
  publicUrl: string,
): Promise<PreparedTest> {
  await requireThere(db`select 1 from campaign where id = ${campaignId}`, 'campaignId', campaignId);
  const { plan } = await wordedCampaign(db, campaignId);
  const run = plan.runs.find(({ key }) => key === runKey);
  if (run === undefined) throw missing('runKey', runKey);
  const known = await readerOf(db, { contactId, campaignId });
  const reader = { ...known, language: language ?? known.language };
  const { channel, prepared } = stepOf(run, stepKey, reader, publicUrl);
  const source = { ...NO_TEMPLATE, campaignId, runKey, stepKey, contactId };
  return { source, channel, content: complete(prepared) };
}

/** With the words of its templates, which a draft gets at its launch only. */
async function wordedCampaign(db: Db, campaignId: string): Promise<CampaignDefinition> {
  const { definition, problems } = await readTemplates(db, (await getCampaign(db, campaignId)).definition);
  const [problem] = problems;
  if (problem === undefined) return definition;
  const detail = `its words can not be had (${problem.pointer}: ${problem.detail})`;
  throw new Refusal('test_refused', `nothing is sent: ${detail}`, [
    { pointer: '#/campaignId', detail, value: campaignId },
  ]);
}

function stepOf(
  run: Run,
  stepKey: string,
  reader: Reader,
  publicUrl: string,
): { readonly channel: Channel; readonly prepared: Prepared } {
  const values = valuesOf(reader, linksToNowhere(publicUrl));
  if (stepKey === CALL_STEP) {
    if (run.calls === undefined) throw missing('stepKey', stepKey);
    return { channel: 'voice', prepared: callContent(run, reader, values) };
  }
  const message = run.messages.find(({ key }) => key === stepKey);
  if (message === undefined) throw missing('stepKey', stepKey);
  return message.channel === 'sms'
    ? {
        channel: 'sms',
        prepared: smsContent(wordsIn<SmsWords>(reader.language, message, message.translations), values),
      }
    : {
        channel: 'email',
        prepared: mailContent(wordsIn<MailWords>(reader.language, message, message.translations), reader, values),
      };
}

function complete(prepared: Prepared): Content {
  if (prepared.kind !== 'incomplete') return prepared;
  const { missing: names } = prepared;
  const detail =
    names.length === 0 ? 'the words are too long' : `these have neither value nor default: ${names.join(', ')}`;
  throw new Refusal('test_refused', `nothing is sent: ${detail}`, [{ pointer: '#/contactId', detail }]);
}

async function requireThere(found: PromiseLike<readonly unknown[]>, field: string, value: string): Promise<void> {
  if ((await found).length === 0) throw missing(field, value);
}

function missing(field: string, value: string): Refusal {
  const detail = 'there is no such thing';
  return new Refusal('unknown_reference', `${field}: ${detail}`, [{ pointer: `#/${field}`, detail, value }]);
}
