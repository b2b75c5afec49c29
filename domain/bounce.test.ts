import { readBounce } from './bounce';

const ATTEMPT = '0f8fad5b-d9cb-569f-a165-70867728950e';
const REPLY = `reply+${'0'.repeat(26)}.${'v'.repeat(29)}@example.com`;
const HEADERS = { 'Content-Type': 'multipart/report; report-type=delivery-status; boundary="b"' };

function report(fields: Readonly<Record<string, string>>, returned: readonly string[] = []): string {
  return [
    '--b',
    'Content-Type: text/plain',
    '',
    'I am sorry to have to inform you that your message could not be delivered.',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example.com',
    '',
    ...Object.entries(fields).map(([name, value]) => `${name}: ${value}`),
    '--b',
    'Content-Type: text/rfc822-headers',
    '',
    ...returned,
    '--b--',
  ].join('\r\n');
}

const FAILED = { 'Final-Recipient': 'rfc822; Asha@Example.com', Action: 'failed', Status: '5.1.1' };
const read = (fields: Readonly<Record<string, string>>, returned?: readonly string[]) =>
  readBounce({ headers: HEADERS, text: report(fields, returned) });

describe('a delivery status notification', () => {
  it('tells what could not be delivered, to whom and why', () => {
    const returned = [`Message-ID: <${ATTEMPT}@example.com>`, `X-Attempt-Id: ${ATTEMPT}`, `Reply-To: ${REPLY}`];
    expect(read(FAILED, returned)).toEqual({
      kind: 'hard',
      status: '5.1.1',
      recipient: 'Asha@Example.com',
      attemptIds: [ATTEMPT],
      replyAddresses: [REPLY],
    });
  });

  it('may name the attempt by its envelope alone, and fold its lines', () => {
    const fields = { 'Original-Envelope-Id': `\r\n\t${ATTEMPT.toUpperCase()}`, ...FAILED };
    expect(read(fields)).toMatchObject({ attemptIds: [ATTEMPT], replyAddresses: [] });
  });

  it('of a mail that somebody else named names none of ours', () => {
    expect(read(FAILED, ['Message-ID: <one@example.org>'])?.attemptIds).toEqual([]);
  });

  it('is not read to its end for names', () => {
    const returned = Array.from(
      { length: 50 },
      (_, ix) => `Message-ID: <${ATTEMPT.slice(0, -2)}${ix + 10}@example.com>`,
    );
    expect(read(FAILED, returned)?.attemptIds).toHaveLength(5);
  });

  it('speaks of the recipient that we wrote to rather than of where it was forwarded', () => {
    expect(read({ ...FAILED, 'Original-Recipient': 'rfc822;ben@example.org' })?.recipient).toBe('ben@example.org');
  });

  it('may keep silent about the recipient, and name no attempt', () => {
    expect(read({ Status: '5.1.1', 'Final-Recipient': 'rfc822;' })).toEqual({
      kind: 'hard',
      status: '5.1.1',
      recipient: null,
      attemptIds: [],
      replyAddresses: [],
    });
    expect(read({ Status: '5.1.1' })?.recipient).toBeNull();
  });

  it.each(['5.0.0', '5.1.1', '5.1.2', '5.1.10', '5.2.1', '5.4.4'])('of %s is hard', (status) => {
    expect(read({ ...FAILED, Status: status })?.kind).toBe('hard');
  });

  it.each(['4.4.7', '4.2.2', '5.1.7', '5.1.8', '5.2.2', '5.2.3', '5.3.4', '5.6.0', '5.7.1', '5.7.26'])(
    'of %s says nothing against the address',
    (status) => expect(read({ ...FAILED, Status: `${status} (text)` })).toMatchObject({ kind: 'soft', status }),
  );

  it('that a mail is late is no end of it', () => {
    expect(read({ ...FAILED, Action: 'delayed', Status: '4.4.1' })?.kind).toBe('delayed');
  });

  it.each([
    ['was delivered', { ...FAILED, Action: 'delivered', Status: '2.0.0' }],
    ['was passed on', { ...FAILED, Action: 'relayed', Status: '5.0.0' }],
    ['failed with success', { ...FAILED, Status: '2.0.0' }],
    ['has no status', { Action: 'failed' }],
    ['has a status of its own', { Action: 'failed', Status: 'gone' }],
  ])('of a mail that %s is no bounce', (_what, fields) => expect(read(fields)).toBeNull());
});

describe('a mail', () => {
  it.each([
    ['of a person', { 'content-type': 'text/plain' }],
    ['without headers', {}],
    ['that says it was read', { 'Content-Type': 'multipart/report; report-type="disposition-notification"' }],
    ['that complains of spam', { 'Content-Type': 'multipart/report; report-type=feedback-report' }],
  ])('%s is no bounce, whatever it quotes', (_what, headers) => {
    expect(readBounce({ headers, text: report(FAILED) })).toBeNull();
  });

  it.each(['multipart/report; boundary=b', ' Multipart/Report; Report-Type="delivery-status"'])(
    '"%s" is one',
    (type) => {
      expect(readBounce({ headers: { 'content-TYPE': type }, text: report(FAILED) })?.kind).toBe('hard');
    },
  );
});
