import * as z from 'zod';
import { closeSession, openSession, useSession } from '../../db/session';
import { signInSubject } from '../../db/tokens';
import { countRequest, uncountRequest } from '../../db/usage';
import { SESSION_EXAMPLE, SessionAnswer } from '../answers/access';
import { apiKeyOf, callerOf } from '../authenticate';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { ApiError } from '../errors';
import { refuseBeyond } from '../rate-limit';
import { type Caller, defineRoute, noContent, ok, type Route } from '../route';

/** Of one address, those that succeed not counted. */
const FAILED_SIGN_INS_PER_HOUR = 30;

/**
 * POST /session: an API key for a cookie
 * GET /session: who am I
 * DELETE /session: signs out
 */
export function sessionRoutes({ sql, config }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/session',
      role: 'anyone',
      concerns: 'shared',
      operation: {
        id: 'signIn',
        tag: 'Session',
        summary: 'Take a session for an API key',
        description:
          'Answers a cookie that no script can read. It may do what the key may, ends after two hours without a request and after a day, and at once when the key is disabled. Whoever changes something by the cookie has to be a page of this server.',
        answers: { 201: SessionAnswer },
        setsCookie: true,
        problems: ['unauthorized', 'rate_limited', 'foreign_origin'],
        examples: { body: { apiKey: `ft_5b1c0de5a1b2_${'A'.repeat(43)}` }, answer: SESSION_EXAMPLE },
      },
      body: z.strictObject({ apiKey: z.string().max(200) }),
      handle: async ({ body: { apiKey }, client }) => {
        const subject = signInSubject(config.secretKey, client.address);
        refuseBeyond(FAILED_SIGN_INS_PER_HOUR, await countRequest(sql, subject), 'failed sign-ins from this address');
        const key = await apiKeyOf(sql, apiKey);
        if (key === null) throw new ApiError('unauthorized', 'this API key is not known');
        await uncountRequest(sql, subject);
        const sessionToken = await openSession(sql, key);
        const session = await useSession(sql, sessionToken);
        return { status: 201, body: document(callerOf(key, session)), location: '/session', sessionToken };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/session',
      role: 'viewer',
      concerns: 'shared',
      operation: {
        id: 'getSession',
        tag: 'Session',
        summary: 'Who am I?',
        description: 'For a cookie and for a key alike.',
        answers: { 200: SessionAnswer },
        examples: { answer: SESSION_EXAMPLE },
      },
      handle: async ({ caller }) => ok(document(caller)),
    }),
    defineRoute({
      method: 'delete',
      path: '/session',
      role: 'anyone',
      concerns: 'shared',
      operation: {
        id: 'signOut',
        tag: 'Session',
        summary: 'End the session',
        description: 'Also takes the cookie away where there is no session any more.',
        answers: { 204: null },
        setsCookie: true,
        problems: ['foreign_origin'],
      },
      handle: async ({ client: { sessionToken } }) => {
        if (sessionToken !== null) await closeSession(sql, sessionToken);
        return { ...noContent(), sessionToken: null };
      },
    }),
  ];

  function document({ keyId, name, role, scopes, caseTypes, session }: Caller) {
    const { simulated, temporalUiUrl } = config;
    const ends = session === null ? null : toDocument({ endsAt: session.endsRt, idleEndsAt: session.idleEndsRt });
    return { keyId, name, role, scopes, caseTypes, session: ends, simulated, temporalUiUrl };
  }
}
