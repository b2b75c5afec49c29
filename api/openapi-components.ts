import * as z from 'zod';
import { PlanSchema } from '../domain/plan';
import { PolicySchema } from '../domain/policy';
import { RuleSchema } from '../domain/rule';
import { EntryInputSchema } from '../imports/contact-entry';
import { DefinitionSchema } from './definition';
import { FactInputSchema } from './fact-body';

/** Names and words for the schemas of the domain, which know nothing of documents. */

DefinitionSchema.register(z.globalRegistry, {
  id: 'CampaignDefinition',
  description:
    "What a campaign's author writes: whom, what, how and when. A launch freezes plan and policy into a version.",
  fields: {
    description: 'Never leaves the team.',
    subject: 'What the outreach is about: caps of law count per person and subject.',
    listId: 'The list whose people are reached.',
    reports: 'Mailed from the launch on; what is published counts from the next period on.',
  },
});

PlanSchema.register(z.globalRegistry, {
  id: 'Plan',
  description: 'What is done to a contact: runs, touches, texts.',
  fields: {
    runs: 'Stretches of days, each with its hours, calls and messages.',
    formId: 'The form that messages link to; null = none, or the one of the agent.',
    agentId: 'Who speaks on calls; null = nobody. Left out, the voice of the installation does.',
  },
});

const RunSchema = PlanSchema.shape.runs.element;
RunSchema.register(z.globalRegistry, {
  id: 'Run',
  description: 'Some days with their hours, calls and messages. A run needs calls, messages or both.',
  fields: {
    endsOn: 'The last day; null = no end.',
    weekdays: 'ISO: 1 is Monday.',
    hours: 'Openings of this run alone, or those of the campaign that all such runs share.',
  },
});
RunSchema.shape.calls.unwrap().register(z.globalRegistry, {
  id: 'CallPlan',
  fields: {
    spacingMinutes: 'Minutes from the end of the last attempt to the next, by how it ended.',
    perDay: 'Most calls of this series on one day.',
    avoidFailedHour: 'Never the hour of the day at which the last attempt failed.',
    greeting: 'A template, as `Hello {{contact.first_name | default: "there"}}`.',
  },
});
const MessageSchema = RunSchema.shape.messages.unwrap().element;
MessageSchema.register(z.globalRegistry, { id: 'PlannedMessage' });
const [SmsSchema, EmailSchema] = MessageSchema.options;
SmsSchema.register(z.globalRegistry, { id: 'PlannedSms' });
EmailSchema.register(z.globalRegistry, { id: 'PlannedEmail' });

PolicySchema.register(z.globalRegistry, {
  id: 'Policy',
  description: 'What binds everybody at once: hours, caps, limits, rules.',
  fields: {
    companySlots: 'The openings that runs in "company times" share.',
    closedOn: 'Days without outreach: holidays and blackouts.',
    caps: "Attempts of any campaign at one person, voice and SMS together, in rolling windows; the company's caps bind as well.",
    concurrencyLimit: 'Most simultaneous calls; 0 = no limit of its own.',
    callsPerMinute: 'New calls a minute; null = no pacing.',
    callsScheduledExternally:
      'Somebody else says when each call is placed (`POST /v1/enrollments/{id}/callbacks`); the plan places none by itself.',
    neverEnding: 'Take in new contacts and stay active after everybody is through.',
    leavesWithList:
      'Whoever leaves the list leaves the campaign as well; otherwise those who are inside go on, and only nobody new comes in.',
    eachFailedCall: 'Fire "Unsuccessful" at every failed call, not once per series.',
    maxCallbacks: 'Most callbacks kept for one contact.',
    solicits:
      'Its calls and texts sell something: only numbers that were looked up within 31 days and are not on the Do-Not-Call list, or people with consent, a purchase or an inquiry on record.',
    handoffHoldHours: 'How long outreach waits for a person after a handoff before it goes on by itself.',
    phrases: "Phrases that put a reply into a bucket of the campaign's own choice.",
    crm: 'Texts as notes, statuses that end outreach, fields that are written; left out = none of it.',
  },
});
PolicySchema.shape.companySlots.unwrap().element.register(z.globalRegistry, {
  id: 'Slot',
  description:
    'One opening of a day, "HH:MM" to "HH:MM": the start is inside, the end outside. Slots lie within 08:00–21:00.',
});

RuleSchema.register(z.globalRegistry, {
  id: 'Rule',
  description: 'A WHEN/THEN card. Every rule with the trigger and outcome of a fact fires.',
  fields: {
    note: 'Posted to the CRM at every firing, whatever the actions are.',
    enabled: 'false = it stays in its place and does not fire; left out = it fires.',
  },
});
RuleSchema.shape.when.register(z.globalRegistry, { id: 'Trigger' });
RuleSchema.shape.then.element.register(z.globalRegistry, { id: 'Action' });

EntryInputSchema.register(z.globalRegistry, { id: 'ContactEntry', description: 'One person with cases.' });
EntryInputSchema.shape.contact.register(z.globalRegistry, {
  id: 'ContactDraft',
  description: 'Needs a usable phone number or mail address.',
  fields: {
    externalId: 'Its id where it comes from; the same again updates the same contact.',
    language: 'As en or es-MX.',
    zone: 'An IANA time zone. Without one it is told from state, country, postal code and area codes.',
    phones: 'As people write them, read in the country.',
    attributes: 'For templates: `{{contact.claim_number}}`.',
  },
});

FactInputSchema.register(z.globalRegistry, {
  id: 'Fact',
  description:
    'What has happened, by `kind`. One of the fields that name a call, an enrollment or a form says whom it is about.',
});

/** `call_outcome` → `CallOutcomeFact`. */
for (const option of FactInputSchema.options) {
  const words = option.shape.kind.value.split('_').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  option.register(z.globalRegistry, { id: `${words.join('')}Fact` });
}
