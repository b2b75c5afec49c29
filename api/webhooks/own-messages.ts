import { type Request, Router } from 'express';
import { type OwnMessageRoute, ownMessageRoute, recordOwnStatus } from '../../db/own-message-word';
import { isOwnMessageToken, ownMessageToken } from '../../db/tokens';
import { callbackUrl, readCallback } from '../../domain/callback-url';
import { callStatusOf, messageStatusOf } from '../../domain/provider-words';
import type { ApiDeps } from '../deps';
import { ApiError } from '../errors';
import { hearOptOutOfCall } from './lost-call';
import { type Parameters, parametersOf } from './parameters';
import { answerTwiml, greetingTwiml, hangupTwiml, voicemailTwiml } from './twiml';
import { ROUND, roundOf, sendTwiml } from './twiml-answer';
import { afterSilence, isMachine, REMOVED, type Reaction } from './voice';

const THIS_WAS_A_TEST = 'This was a test. Nothing was noted. Goodbye.';
/** What the row keeps until the call is over. */
const MACHINE = 'machine';
const LAST_WORDS: ReadonlySet<string> = new Set([
  ...['completed', 'busy', 'no_answer', 'failed', 'canceled'],
  ...['delivered', 'undelivered'],
]);

interface OwnHook {
  readonly route: OwnMessageRoute & { readonly answeredBy: 'machine' | null };
  readonly parameters: Parameters;
}

/** What the provider asks and tells of tests and codes: none of it is a fact about anybody, but for an opt-out. */
export function ownMessageHooks(deps: ApiDeps): Router {
  const router = Router();
  router.post('/answer', async (request, response) => {
    const hook = await hookOf(deps, request);
    const { greeting, voicemailText, language } = hook.route;
    const twiml = isMachine(hook)
      ? voicemailTwiml({ text: voicemailText, language })
      : greetingTwiml({ text: greeting, gatherUrl: gatherUrl(deps, hook, 1), language });
    sendTwiml(response, twiml);
  });
  router.post('/gather', async (request, response) => {
    const hook = await hookOf(deps, request);
    sendTwiml(response, await answerTo(deps, hook, roundOf(request)));
  });
  router.post('/status', async (request, response) => {
    await keepWord(deps, await hookOf(deps, request));
    response.status(204).end();
  });
  return router;
}

/** Who presses the key is told what a person is told, and it holds: that address hears no more tests either. */
async function answerTo(deps: ApiDeps, hook: OwnHook, round: number): Promise<string> {
  const { parameters, route } = hook;
  const isSilent = (parameters['Digits'] ?? '') === '' && (parameters['SpeechResult'] ?? '') === '';
  if (!isSilent) return hangupTwiml((await hearOptOutOfCall(deps, parameters)) ? REMOVED : THIS_WAS_A_TEST);
  return twimlOf(deps, hook, afterSilence(hook, round), round, route.language);
}

function twimlOf(deps: ApiDeps, hook: OwnHook, reaction: Reaction, round: number, language: string): string {
  if (reaction.kind === 'listen_on')
    return answerTwiml({ text: '', gatherUrl: gatherUrl(deps, hook, round + 1), language, next: 'gather' });
  if (reaction.kind === 'voicemail') return voicemailTwiml({ text: reaction.text, language });
  return hangupTwiml(THIS_WAS_A_TEST);
}

async function keepWord({ sql }: ApiDeps, { route, parameters }: OwnHook): Promise<void> {
  const { CallStatus, MessageStatus, AnsweredBy, CallSid, MessageSid } = parameters;
  const word = callStatusOf(CallStatus ?? '') ?? messageStatusOf(MessageStatus ?? '');
  const isMachineTold = AnsweredBy !== undefined && isMachine({ route, parameters });
  const status = isMachineTold ? MACHINE : word;
  if (status === null) return;
  const isLast = !isMachineTold && LAST_WORDS.has(status);
  await recordOwnStatus(sql, route.id, { status, sid: CallSid ?? MessageSid ?? null, isLast });
}

async function hookOf({ sql, config }: ApiDeps, request: Request): Promise<OwnHook> {
  const callback = readCallback({ ...request.query });
  const isOurs = callback !== null && isOwnMessageToken(config.secretKey, callback.attemptId, callback.token);
  const route = isOurs ? await ownMessageRoute(sql, callback.attemptId) : null;
  const parameters = parametersOf(request.body);
  const sid = parameters['CallSid'] ?? parameters['MessageSid'];
  if (route === null || (route.providerSid !== null && route.providerSid !== sid))
    throw new ApiError('forged', 'the request does not belong to a message of our own');
  return { route: { ...route, answeredBy: route.status === MACHINE ? 'machine' : null }, parameters };
}

function gatherUrl({ config }: ApiDeps, { route: { id } }: OwnHook, round: number): string {
  const token = ownMessageToken(config.secretKey, id);
  return `${callbackUrl(config.publicUrl, '/webhooks/twilio/own/gather', id, token)}&${ROUND}=${round}`;
}
