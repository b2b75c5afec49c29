import * as z from 'zod';
import { CampaignStatusSchema } from '../../domain/campaign-definition';
import { TemplateChannelSchema } from '../../domain/message-template';
import { Actor, At, Count, EXAMPLE_IDS, Id, pageOfAnswers, Revision } from './fields';

export const TEMPLATE_ID = '0d1f3f0a-7c52-4f0e-9f0b-3a4f6f1f2a10';

const Sms = z
  .object({
    encoding: z.enum(['gsm7', 'ucs2']).describe('One letter outside GSM 03.38 makes a text UCS-2, which holds less.'),
    segments: z.int().min(1).describe('What is paid for: 160 letters alone and 153 each, or 70 and 67.'),
    units: Count,
    because: z.string().nullable().describe('The first letter that GSM does not have.'),
  })
  .meta({ id: 'SmsSegments' });
const Warning = z.string().nullable().describe('A text of more than three segments is warned of, not refused.');

const VariantAnswer = z
  .object({
    language: z.string(),
    subject: z.string().nullable().describe('null = a text has none.'),
    text: z.string(),
    sms: Sms.nullable().describe('With values of usual length; a preview tells it for one contact. null = a mail.'),
    warning: Warning,
  })
  .meta({ id: 'TemplateVariant' });

const Variants = z.array(VariantAnswer).describe('The first is for everybody whose language none of them has.');
const Version = z.int().min(1);

export const TemplateAnswer = z
  .object({
    id: Id,
    name: z.string(),
    channel: TemplateChannelSchema,
    version: Version.describe('Of the words; a change of them is another version.'),
    variants: Variants,
    archivedAt: At.nullable().describe('null = campaigns may take it.'),
    revision: Revision,
    createdAt: At,
    updatedAt: At,
    actor: Actor,
  })
  .meta({ id: 'Template', description: 'Words that campaigns share.' });

export const TemplatePageAnswer = pageOfAnswers('Template', TemplateAnswer);

export const TemplateVersionPageAnswer = pageOfAnswers(
  'TemplateVersion',
  z
    .object({ number: Version, variants: Variants, createdAt: At, actor: Actor })
    .meta({ id: 'TemplateVersion', description: 'The words as they once were; they never change.' }),
);

export const TemplateUserPageAnswer = pageOfAnswers(
  'TemplateUser',
  z
    .object({
      campaignId: Id,
      name: z.string(),
      status: CampaignStatusSchema,
      messages: z.array(z.object({ runKey: z.string(), messageKey: z.string(), version: Version })),
    })
    .meta({ id: 'TemplateUser', description: 'A campaign whose plan has words of the template.' }),
);

export const UsedTemplatesAnswer = z
  .object({
    items: z.array(
      z.object({
        runKey: z.string(),
        messageKey: z.string(),
        templateId: Id,
        name: z.string(),
        version: Version.describe('Whose words the plan has.'),
        currentVersion: Version.describe('Whose words the template has by now.'),
        isNewer: z
          .boolean()
          .describe('There are newer words: publish the definition without `templateVersion` to adopt them.'),
        isArchived: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'UsedTemplates', description: 'The templates of a campaign, message by message.' });

export const PreviewAnswer = z
  .object({
    version: Version,
    language: z.string().describe('Of the variant that this person gets.'),
    subject: z.string().nullable(),
    text: z.string().nullable().describe('null = something is missing, and nothing would be sent.'),
    missing: z.array(z.string()).describe('Variables without value and default.'),
    sms: Sms.nullable(),
    warning: Warning,
  })
  .meta({ id: 'TemplatePreview', description: 'The words as one person gets them.' });

const SEGMENTS = { encoding: 'gsm7', segments: 1, units: 66, because: null };
const TEXT = 'Hello {{contact.first_name | default: "there"}}, this is {{company.name}}.';
const VARIANT = { language: 'en', subject: null, text: TEXT };
const VARIANT_ANSWER = { ...VARIANT, sms: { ...SEGMENTS, units: 47 }, warning: null };

export const TEMPLATE_BODY_EXAMPLE = {
  name: 'First hello',
  channel: 'sms',
  variants: [{ language: 'en', text: TEXT }],
};

export const TEMPLATE_EXAMPLE = {
  id: TEMPLATE_ID,
  name: 'First hello',
  channel: 'sms',
  version: 1,
  variants: [VARIANT_ANSWER],
  archivedAt: null,
  revision: 1,
  createdAt: '2027-03-01T14:00:00.000Z',
  updatedAt: '2027-03-01T14:00:00.000Z',
  actor: 'key:Ada',
};

export const TEMPLATE_VERSION_EXAMPLE = {
  number: 1,
  variants: [VARIANT_ANSWER],
  createdAt: '2027-03-01T14:00:00.000Z',
  actor: 'key:Ada',
};

export const TEMPLATE_USER_EXAMPLE = {
  campaignId: EXAMPLE_IDS.campaign,
  name: 'Intake follow-up',
  status: 'active',
  messages: [{ runKey: 'first', messageKey: 'hello', version: 1 }],
};

export const USED_TEMPLATES_EXAMPLE = {
  items: [
    {
      runKey: 'first',
      messageKey: 'hello',
      templateId: TEMPLATE_ID,
      name: 'First hello',
      version: 1,
      currentVersion: 2,
      isNewer: true,
      isArchived: false,
    },
  ],
};

export const PREVIEW_EXAMPLE = {
  version: 1,
  language: 'en',
  subject: null,
  text: 'Hello Asha, this is Our company.',
  missing: [],
  sms: { ...SEGMENTS, units: 32 },
  warning: null,
};
