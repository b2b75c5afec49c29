import * as z from 'zod';
import { type Erasure, ERASURE_STEPS, type ErasureStep, type ErasureStepKind } from '../../db/erasure';
import { toDocument } from '../document';
import { Actor, At, Count, EXAMPLE_IDS, Id } from './fields';

const text = z.string();

const StepAnswer = z
  .object({
    kind: z.enum(ERASURE_STEPS),
    doneAt: At.nullable().describe('null = it is still to be done.'),
    sentence: text.describe('What was done where, or what it waits for.'),
    counts: z.record(text, Count),
  })
  .meta({ id: 'ErasureStep' });

export const ErasureAnswer = z
  .object({
    id: Id,
    contactId: Id,
    state: z.enum(['running', 'done']),
    requestedAt: At,
    requestedBy: Actor,
    finishedAt: At.nullable(),
    steps: z.array(StepAnswer),
    remains: z.array(text).describe('What is kept, and why; what others keep whom nobody can ask from here.'),
  })
  .meta({ id: 'Erasure', description: 'The certificate of an erasure. It holds no personal data.' });

export function erasureDocument({ id, contactId, requestedAt, actor, finishedAt, steps }: Erasure) {
  return {
    id,
    contactId,
    state: finishedAt === null ? 'running' : 'done',
    requestedAt,
    requestedBy: actor,
    finishedAt,
    steps: steps.map((step) => ({
      kind: step.kind,
      doneAt: step.doneAt,
      sentence: sentenceOf(step),
      counts: step.counts,
    })),
    remains: remainsOf(steps),
  };
}

function sentenceOf({ kind, doneAt, counts, waitsFor }: ErasureStep): string {
  if (doneAt !== null) return DONE[kind]((name) => counts[name] ?? 0);
  return waitsFor === null ? 'Still to be done.' : (WAITS[waitsFor] ?? `Waits for: ${waitsFor}.`);
}

type CountOf = (name: string) => number;

const DONE: Readonly<Record<ErasureStepKind, (of: CountOf) => string>> = {
  outreach: (of) =>
    `Outreach ended: ${of('enrollmentsEnded')} enrollments, ${of('actionsGivenUp')} actions that were still to be done.`,
  calls: () => 'No call, text or mail to the person is under way any more.',
  rows: (of) =>
    `Database: the contact, ${of('addresses')} addresses, ${of('cases')} cases, ${of('consents')} consents, ${of('messages')} messages, ` +
    `${of('spokenTurns')} spoken turns, ${of('attempts')} attempts, ${of('facts')} facts, ${of('arrivals')} arrivals and ${of('actions')} actions hold nothing personal any more.`,
  provider: (of) =>
    `Telephone provider: ${of('calls')} calls with ${of('recordings')} recordings and ${of('messages')} texts were deleted there.`,
  workflows: (of) => `Temporal: the histories of ${of('workflows')} workflows were deleted.`,
};

const WAITS: Readonly<Record<string, string>> = {
  attempts_under_way: 'Waits until what is under way to the person has come to its end.',
  more_to_delete: 'More is to be deleted; it goes on by itself.',
  provider: 'The telephone provider could not delete everything yet; it is asked again by itself.',
  temporal: 'Temporal could not be asked yet; it is asked again by itself.',
  database: 'The database refused; it is tried again by itself.',
};

function remainsOf(steps: readonly ErasureStep[]): string[] {
  const rows = steps.find(({ kind }) => kind === 'rows');
  const of: CountOf = (name) => rows?.counts[name] ?? 0;
  if (rows === undefined || rows.doneAt === null) return [];
  return [
    `${of('suppressions')} suppressions stay by keyed hashes of the addresses: an opt-out outlives the erasure.`,
    'When attempts were made, by which rules and in which time zones, stays without a name as evidence.',
    ...(of('addressesOfOthers') === 0
      ? []
      : [`${of('addressesOfOthers')} addresses are another contact's as well and stay theirs.`]),
    ...(of('mails') === 0
      ? []
      : [`${of('mails')} mails lie with the mail service and the recipient; delete them there.`]),
    ...(of('crmWrites') === 0
      ? []
      : [`${of('crmWrites')} notes and statuses were written into the CRM; delete them there.`]),
    'Answers kept for repeated requests go after 48 hours; database backups go as you let them.',
  ];
}

const EXAMPLE_AT = 1_803_999_600_000;

export const ERASURE_EXAMPLE = toDocument(
  erasureDocument({
    id: '0d1f3f0a-7c52-4f0e-9f0b-3a4f6f1f2a4e',
    contactId: EXAMPLE_IDS.contact,
    requestedAt: EXAMPLE_AT,
    actor: 'key:Ada',
    finishedAt: null,
    steps: [
      {
        kind: 'outreach',
        doneAt: EXAMPLE_AT,
        counts: { enrollmentsEnded: 1, actionsGivenUp: 0 },
        waitsFor: null,
      },
      { kind: 'calls', doneAt: null, counts: {}, waitsFor: 'attempts_under_way' },
    ],
  }),
);
