import * as z from 'zod';
import { answerObject, type OutsideOperation, REQUEST_ID, TEXT } from './openapi-parts';
import type { ProblemResponses } from './openapi-problems';
import type { SchemaBook } from './openapi-schemas';

/** What the telephone provider calls. */

interface Webhook {
  readonly path: string;
  readonly id: string;
  readonly summary: string;
  readonly fields: z.ZodType;
  /** It belongs to one attempt, whose id and token stand in the address. */
  readonly ofAttempt: boolean;
  /** Answered by what is said next; otherwise by nothing. */
  readonly twiml: boolean;
  readonly round?: boolean;
}

const form = (name: string, fields: Record<string, z.ZodType>) =>
  z.looseObject({ AccountSid: z.string(), ...fields }).meta({ id: name });
const text = z.string().optional();

const CallForm = form('TwilioCall', {
  CallSid: text,
  CallStatus: text,
  CallDuration: text,
  SequenceNumber: text,
  AnsweredBy: text,
  ErrorCode: text,
});
const SpeechForm = form('TwilioSpeech', { CallSid: text, CallStatus: text, SpeechResult: text, Digits: text });
const TransferForm = form('TwilioTransfer', { CallSid: text, DialCallStatus: text, DialCallDuration: text });
const MessageStatusForm = form('TwilioMessageStatus', { MessageSid: text, MessageStatus: text, ErrorCode: text });
const OwnStatusForm = form('TwilioOwnStatus', {
  CallSid: text,
  CallStatus: text,
  AnsweredBy: text,
  MessageSid: text,
  MessageStatus: text,
});
const InboundTextForm = form('TwilioInboundText', {
  MessageSid: text,
  From: text,
  To: text,
  Body: text,
  OptOutType: text,
});

const WEBHOOKS: readonly Webhook[] = [
  {
    path: '/voice/answer',
    id: 'answerCall',
    summary: 'A call was picked up: what is said',
    fields: CallForm,
    ofAttempt: true,
    twiml: true,
  },
  {
    path: '/voice/gather',
    id: 'hearAnswer',
    summary: 'Something was said or pressed: what is said to it',
    fields: SpeechForm,
    ofAttempt: true,
    twiml: true,
    round: true,
  },
  {
    path: '/voice/transferred',
    id: 'tellTransferEnd',
    summary: 'A call that was put through to the team has come to its end',
    fields: TransferForm,
    ofAttempt: true,
    twiml: true,
  },
  {
    path: '/voice/status',
    id: 'tellCallStatus',
    summary: 'The status of a call has changed',
    fields: CallForm,
    ofAttempt: true,
    twiml: false,
  },
  {
    path: '/voice/machine',
    id: 'tellMachine',
    summary: 'A person or a machine has answered',
    fields: CallForm,
    ofAttempt: true,
    twiml: false,
  },
  {
    path: '/sms/status',
    id: 'tellMessageStatus',
    summary: 'The status of a text has changed',
    fields: MessageStatusForm,
    ofAttempt: true,
    twiml: false,
  },
  {
    path: '/own/answer',
    id: 'answerTestCall',
    summary: 'A call that the team has placed to itself was picked up: what is said',
    fields: CallForm,
    ofAttempt: true,
    twiml: true,
  },
  {
    path: '/own/gather',
    id: 'hearTestAnswer',
    summary: 'Something was said or pressed on it: what is said to it',
    fields: SpeechForm,
    ofAttempt: true,
    twiml: true,
    round: true,
  },
  {
    path: '/own/status',
    id: 'tellTestStatus',
    summary: 'The status of what the team has sent to itself has changed',
    fields: OwnStatusForm,
    ofAttempt: true,
    twiml: false,
  },
  {
    path: '/sms/inbound',
    id: 'takeText',
    summary: 'Somebody has sent a text',
    fields: InboundTextForm,
    ofAttempt: false,
    twiml: true,
  },
];

export function webhookOperations(book: SchemaBook, problems: ProblemResponses): OutsideOperation[] {
  return WEBHOOKS.map(({ path, id, summary, fields, ofAttempt, twiml, round = false }) => ({
    path: `/webhooks/twilio${path}`,
    method: 'post',
    operation: {
      operationId: id,
      tags: ['Webhooks'],
      summary,
      description: 'Answered when everything is stored; the same told again changes nothing.',
      security: [{ twilioSignature: [] }],
      parameters: [...(ofAttempt ? ATTEMPT_PARAMETERS : []), ...(round ? [ROUND_PARAMETER] : [])],
      requestBody: { required: true, content: { 'application/x-www-form-urlencoded': { schema: book.sent(fields) } } },
      responses: {
        ...(twiml
          ? { 200: answerObject('TwiML.', 'text/xml', TEXT) }
          : { 204: { description: 'Stored.', headers: REQUEST_ID } }),
        ...problems.of([
          'forged',
          'malformed_body',
          'body_too_large',
          'unsupported_media_type',
          'internal',
          'unavailable',
        ]),
      },
    },
  }));
}

const ATTEMPT_PARAMETERS = [
  {
    name: 'a',
    in: 'query',
    required: true,
    description: 'Id of the attempt, or of the test.',
    schema: { type: 'string', format: 'uuid' },
  },
  { name: 't', in: 'query', required: true, description: 'Its token.', schema: TEXT },
];
const ROUND_PARAMETER = {
  name: 'n',
  in: 'query',
  required: false,
  description: 'How often the person was listened to.',
  schema: { type: 'integer', minimum: 1 },
};
