import express, { type Request, type RequestHandler, Router } from 'express';
import { type AttemptRoute, attemptRoute } from '../../db/inbound';
import { lockForRecovery } from '../../db/installation';
import { attemptToken, isAttemptToken } from '../../db/tokens';
import type { Channel } from '../../domain/channel';
import { callbackUrl, readCallback } from '../../domain/callback-url';
import type { ApiDeps } from '../deps';
import { ApiError } from '../errors';
import { parametersOf } from './parameters';
import { takeText, tellDelivery } from './texts';
import { verifyTwilio } from './twilio-signature';
import { ROUND, roundOf, sendTwiml } from './twiml-answer';
import { answerTwiml, greetingTwiml, hangupTwiml, transferTwiml, voicemailTwiml } from './twiml';
import { hearOptOutOfCall } from './lost-call';
import { ownMessageHooks } from './own-messages';
import {
  answerCall,
  type CallHook,
  hearAnswer,
  hearTransfer,
  type Reaction,
  REMOVED,
  tellMachine,
  tellProgress,
} from './voice';

const GATHER_PATH = '/webhooks/twilio/voice/gather';
const TRANSFERRED_PATH = '/webhooks/twilio/voice/transferred';

/**
 * POST /voice/answer: what is said when the call is picked up
 * POST /voice/gather: what is said to an answer
 * POST /voice/transferred: what is said when the team's phone has rung
 * POST /voice/status
 * POST /voice/machine
 * POST /own/answer | gather | status: of what the team sends to itself
 * POST /sms/status
 * POST /sms/inbound
 * Forged ones get 403 and write nothing (T1); repeated ones change nothing (T2). No answer waits for Temporal.
 */
export function twilioRouter(deps: ApiDeps): Router {
  const router = Router();
  router.use(express.urlencoded({ extended: false, limit: '64kb', parameterLimit: 200 }), requireSignature(deps));
  router.post('/voice/answer', async (request, response) => {
    const hook = await hookOf(deps, request, 'voice');
    sendTwiml(response, twimlOf(deps, request, hook, await answerCall(deps, hook)));
  });
  router.post('/voice/gather', async (request, response) => {
    const hook = await hookOf(deps, request, 'voice').catch(async (error: unknown) => {
      if (!(await hearLostOptOut(deps, request))) throw error;
      return null;
    });
    if (hook === null) return sendTwiml(response, hangupTwiml(REMOVED));
    sendTwiml(response, twimlOf(deps, request, hook, await hearAnswer(deps, hook, roundOf(request))));
  });
  router.post('/voice/transferred', async (request, response) => {
    const hook = await hookOf(deps, request, 'voice');
    sendTwiml(response, twimlOf(deps, request, hook, await hearTransfer(deps, hook)));
  });
  router.post('/voice/status', async (request, response) => {
    await tellProgress(deps, await hookOf(deps, request, 'voice'));
    response.status(204).end();
  });
  router.post('/voice/machine', async (request, response) => {
    await tellMachine(deps, await hookOf(deps, request, 'voice'));
    response.status(204).end();
  });
  router.use('/own', ownMessageHooks(deps));
  router.post('/sms/status', async (request, response) => {
    const { route, parameters } = await hookOf(deps, request, 'sms');
    await tellDelivery(deps, route, parameters);
    response.status(204).end();
  });
  router.post('/sms/inbound', async (request, response) => {
    await takeText(deps, parametersOf(request.body));
    sendTwiml(response, '<?xml version="1.0" encoding="UTF-8"?><Response/>');
  });
  return router;
}

function requireSignature({ config: { twilio, publicUrl }, log }: ApiDeps): RequestHandler {
  return (request, _response, next) => {
    const authTokens = twilio === null ? [] : [twilio.authToken, twilio.secondaryAuthToken ?? ''];
    const isOurs = verifyTwilio({
      authTokens,
      publicUrl,
      path: request.originalUrl,
      // Form-encoded bodies have texts and lists of texts for values; anything else was not read and is empty.
      params: (request.body ?? {}) as Record<string, string | string[]>,
      signature: request.get('x-twilio-signature'),
    });
    if (isOurs && parametersOf(request.body)['AccountSid'] === twilio?.accountSid) return next();
    log.warn({ path: request.path }, 'a webhook was not signed by our telephone provider');
    throw new ApiError('forged', 'the request is not signed by the account that this installation uses');
  };
}

/** A webhook about one attempt: its own token, and the provider's id if that is known by now. */
async function hookOf({ sql, config }: ApiDeps, request: Request, channel: Channel): Promise<CallHook> {
  const callback = readCallback({ ...request.query });
  const isOurs = callback !== null && isAttemptToken(config.secretKey, callback.attemptId, callback.token);
  const route = isOurs ? await attemptRoute(sql, callback.attemptId) : null;
  const parameters = parametersOf(request.body);
  // We gave out that token, so there was such an attempt: the database is older than it was.
  if (isOurs && route === null) await lockForRecovery(sql, 'unknown_attempt');
  if (route === null || route.channel !== channel || !isAbout(route, parameters))
    throw new ApiError('forged', 'the request does not belong to an attempt of ours');
  return { route, parameters };
}

/**
 * A key or a word that ends all contact, on a call whose attempt we have lost: it is obeyed for the number that the signed
 * request names, for nothing else tells whose it was. False = it was no such word, or the call was none of ours.
 */
async function hearLostOptOut({ sql, config, log }: ApiDeps, request: Request): Promise<boolean> {
  const callback = readCallback({ ...request.query });
  if (callback === null || !isAttemptToken(config.secretKey, callback.attemptId, callback.token)) return false;
  if ((await attemptRoute(sql, callback.attemptId)) !== null) return false;
  const heard = await hearOptOutOfCall({ sql, config }, parametersOf(request.body));
  if (heard) log.warn({ attemptId: callback.attemptId }, 'somebody opted out on a call whose attempt is lost');
  return heard;
}

function isAbout({ providerSid }: AttemptRoute, { CallSid, MessageSid }: Readonly<Record<string, string>>): boolean {
  return providerSid === null || providerSid === (CallSid ?? MessageSid);
}

function twimlOf({ config }: ApiDeps, request: Request, { route }: CallHook, reaction: Reaction): string {
  const { attemptId, language } = route;
  const urlOf = (path: string) =>
    callbackUrl(config.publicUrl, path, attemptId, attemptToken(config.secretKey, attemptId));
  const gatherUrl = (round: number) => `${urlOf(GATHER_PATH)}&${ROUND}=${round}`;
  switch (reaction.kind) {
    case 'greet':
      return greetingTwiml({ text: reaction.text, gatherUrl: gatherUrl(1), language });
    case 'listen_on':
      return answerTwiml({ text: '', gatherUrl: gatherUrl(roundOf(request) + 1), language, next: 'gather' });
    case 'voicemail':
      return voicemailTwiml({ text: reaction.text, language });
    case 'transfer':
      return transferTwiml({
        number: reaction.number,
        text: reaction.text,
        resultUrl: urlOf(TRANSFERRED_PATH),
        language,
      });
    case 'end':
      return hangupTwiml(reaction.text, language);
  }
}
