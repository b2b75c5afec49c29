import { randomUUID } from 'node:crypto';
import { type Response, Router } from 'express';
import { mailStandingOf } from '../../db/contact';
import { receive } from '../../db/inbox';
import { enrollmentOfUnsubscribeToken } from '../../db/tokens';
import { announce } from '../../engine/announce';
import type { ApiDeps } from '../deps';
import { htmlPage } from '../html';

const ASK = htmlPage(
  'Unsubscribe',
  '<p>You will get no more mail from us.</p>\n<form method="post"><button type="submit">Unsubscribe</button></form>',
);
const DONE = htmlPage('Unsubscribed', '<p>You will get no more mail from us.</p>');
const BROKEN = htmlPage(
  'This link is not complete',
  '<p>Please open the whole link of the mail, or answer the mail with the word "unsubscribe".</p>',
);

/**
 * GET /u/{token}: asks. Mail scanners open every link, so this changes nothing (T5)
 * POST /u/{token}: does it; mail programs send it by themselves (RFC 8058), without cookies and with any body
 */
export function unsubscribeRouter(deps: ApiDeps): Router {
  const router = Router();
  router.get('/u/:token', async (request, response) => {
    const standing = await standingOf(request.params.token);
    show(response, standing === null ? BROKEN : ASK, standing === null ? 404 : 200);
  });
  router.post('/u/:token', async (request, response) => {
    const standing = await standingOf(request.params.token);
    if (standing === null) return show(response, BROKEN, 404);
    if (!standing.barred) await unsubscribe(standing.enrollmentId);
    show(response, DONE, 200);
  });
  return router;

  async function standingOf(token: string) {
    const enrollmentId = enrollmentOfUnsubscribeToken(deps.config.secretKey, token);
    if (enrollmentId === null) return null;
    const standing = await mailStandingOf(deps.sql, enrollmentId);
    return standing === null ? null : { enrollmentId, ...standing };
  }

  /** Only of mail: whoever wants to hear nothing at all says STOP. The link may be used again after a new consent. */
  async function unsubscribe(enrollmentId: string): Promise<void> {
    const received = await receive(deps.sql, {
      source: 'unsubscribe',
      eventKey: `unsubscribe:${enrollmentId}:${randomUUID()}`,
      raw: { enrollmentId },
      actor: 'contact',
      fact: { body: { kind: 'opted_out', source: 'unsubscribe', channels: ['email'] }, enrollmentId },
    });
    void announce(deps, received);
  }
}

function show(response: Response, page: string, status: number): void {
  response.status(status).type('html').send(page);
}
