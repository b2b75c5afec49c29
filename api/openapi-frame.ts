import { problemTable } from './openapi-problems';
import type { Tag } from './route';

/** The parts of the OpenAPI document that no route says: what holds for all of them. */

export const DESCRIPTION = `
Contacts are imported into **lists**; a **campaign** says whom to reach, how and when; launching it makes one **enrollment** of each contact,
which goes its way by itself. What happens outside comes in as **facts**, and WHEN/THEN **rules** order actions at them.

**Times** are ISO-8601 in UTC; days are \`YYYY-MM-DD\` in the person's own time zone. Fields may be added to answers at any time.

**Keys** go into \`Authorization: Bearer <key>\` or \`X-Api-Key\`. A key has the role viewer, editor or admin, and may be limited to scopes, and to case types.
Pages of this server may use the cookie of a session instead.

**Sending twice**: with an \`Idempotency-Key\` every POST is carried out once; its repetitions get the first answer, with \`Idempotent-Replayed: true\`.

**Changing what somebody else may change**: send the \`revision\` that was read, in the body where the operation takes it or as \`If-Match\` with the ETag.

**Paging**: \`nextCursor\` of an answer is the \`cursor\` of the next one, with the same other parameters. Cursors mean nothing to anybody else.

**Limits**: each key may ask so many times an hour; \`RateLimit\` and \`RateLimit-Policy\` say where it stands.

**Refusals** are \`application/problem+json\` (RFC 9457). Branch on \`code\`; \`errors\` names each field, its value and the rule that it breaks.

${problemTable()}
`.trim();

export const TAGS: readonly { readonly name: Tag; readonly description: string }[] = [
  { name: 'Lists', description: 'Whom campaigns reach, and how people get in.' },
  {
    name: 'Imports',
    description:
      'Files of people: what their columns mean, how they are taken in, what became of each row; and files to take away.',
  },
  { name: 'Contacts', description: 'The people, their addresses and cases.' },
  {
    name: 'Attributes',
    description: 'What is known of contacts beside their names and addresses, and of which type it is.',
  },
  { name: 'Campaigns', description: 'From the draft to the end.' },
  { name: 'Drafts', description: 'Campaigns that are being written, copied or begun from a template.' },
  { name: 'Agents', description: 'Who speaks on calls, and the forms that people fill in.' },
  { name: 'Rules', description: 'WHEN/THEN cards of a campaign.' },
  { name: 'Templates', description: 'Words that campaigns share, and what becomes of them for one person.' },
  { name: 'Tests', description: 'What the team sends to itself before anybody else gets it.' },
  {
    name: 'Enrollments',
    description: 'One contact in one campaign: what has happened, what comes next and why, and what may be ordered.',
  },
  { name: 'Facts', description: 'What outside platforms tell.' },
  { name: 'Handoffs', description: 'What waits for a person.' },
  { name: 'Settings', description: 'What the company decides for all campaigns.' },
  { name: 'Law', description: 'Rules of law and the calendar, as versioned data with sources. No legal advice.' },
  { name: 'Spending', description: 'What outreach is taken to cost, and what it may.' },
  { name: 'Connections', description: 'The CRMs that actions go to.' },
  { name: 'API keys', description: 'Who may do what.' },
  { name: 'Session', description: 'For pages in a browser: a cookie in place of a key.' },
  { name: 'Changes', description: 'Who changed what.' },
  { name: 'Operations', description: 'For those who run this server.' },
  {
    name: 'Webhooks',
    description:
      'What the telephone provider and CRMs call. Nobody else can: every request is signed or bears a token.',
  },
  { name: 'Unsubscribing', description: 'The links at the end of every mail.' },
];

export const SECURITY_SCHEMES = {
  bearer: { type: 'http', scheme: 'bearer', description: 'An API key.' },
  apiKey: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Api-Key',
    description: 'An API key, where a proxy uses the other header itself.',
  },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-followthrough',
    description:
      'Given by `POST /v1/session` (named `followthrough` where the server speaks plain HTTP). Changes need an `Origin` of this server.',
  },
  twilioSignature: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Twilio-Signature',
    description: "Twilio's HMAC-SHA1 of the URL and the form, keyed by the auth token of the configured account.",
  },
  crmToken: {
    type: 'apiKey',
    in: 'query',
    name: 'token',
    description: 'Part of the address that the CRM was given.',
  },
  crmSignature: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Followthrough-Signature',
    description: '`t=<seconds>,v1=<hex>`: the HMAC-SHA256 of `<seconds>.<body>` under the secret of the address.',
  },
};

export const PARAMETERS = {
  RequestId: {
    name: 'X-Request-Id',
    in: 'header',
    required: false,
    description:
      'Your own name for the request, for logs, problems and changes; anything that is no such name is not taken.',
    schema: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$' },
    example: 'intake-2027-03-01-17',
  },
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description: 'Whatever names this request among those of the key; the same again is answered as the first time.',
    schema: { type: 'string', minLength: 1, maxLength: 200 },
    example: 'import-2027-03-01',
  },
  IfMatch: {
    name: 'If-Match',
    in: 'header',
    required: false,
    description: 'The ETag that was read, or `*`. Somebody else has changed it since: 412.',
    schema: { type: 'string', pattern: '^(\\*|(W/)?"[\\x21\\x23-\\x7e]*")$', maxLength: 100 },
    example: '"3-Zk1pQ2xA"',
  },
  IfNoneMatch: {
    name: 'If-None-Match',
    in: 'header',
    required: false,
    description: 'The ETag of what is at hand: 304 while nothing of it has changed.',
    schema: { type: 'string' },
    example: '"3-Zk1pQ2xA"',
  },
};

export const HEADERS = {
  RequestId: {
    description:
      "Names the request in logs, problems and changes: the caller's own X-Request-Id if that is a name, else a UUID.",
    schema: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$' },
  },
  RateLimit: {
    description: 'Requests left in this hour and seconds until the next (draft-ietf-httpapi-ratelimit-headers-08).',
    schema: { type: 'string' },
    example: '"hour";r=499;t=3120',
  },
  RateLimitPolicy: {
    description: 'Requests an hour, and the hour in seconds.',
    schema: { type: 'string' },
    example: '"hour";q=500;w=3600',
  },
  RetryAfter: { description: 'Seconds.', schema: { type: 'integer', minimum: 0 } },
  Location: { description: 'Path of what was made.', schema: { type: 'string', format: 'uri-reference' } },
  IdempotentReplayed: {
    description: '`true` on the answer to a repetition.',
    schema: { type: 'string', const: 'true' },
  },
  ETag: {
    description: 'Stands for this revision, for If-Match, and for this answer, for If-None-Match.',
    schema: { type: 'string' },
    example: '"3-Zk1pQ2xA"',
  },
  SessionCookie: { description: 'The cookie of the session, or its end.', schema: { type: 'string' } },
};

export const RESPONSES = {
  NotModified: {
    description: 'It still is what If-None-Match says.',
    headers: {
      ETag: { $ref: '#/components/headers/ETag' },
      RateLimit: { $ref: '#/components/headers/RateLimit' },
      'RateLimit-Policy': { $ref: '#/components/headers/RateLimitPolicy' },
    },
  },
};
