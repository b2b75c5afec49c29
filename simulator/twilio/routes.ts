import express, { type Request, type RequestHandler, Router } from 'express';
import { give } from '../fault-answer';
import type { World } from '../world';
import { type CallRouteParts, callRoutes } from './call-routes';
import { errorAnswer } from './error';
import { type MessageRouteParts, messageRoutes } from './message-routes';
import { API_VERSION } from './resource';

/** The part of Twilio's REST API that makes, finds and ends calls and texts, for one account. */
export function twilioRoutes(world: World, parts: CallRouteParts & MessageRouteParts): Router {
  const { accountSid, authToken } = world.settings;
  const router = Router();
  const base = `/${API_VERSION}/Accounts/:accountSid`;
  router.use(base, express.urlencoded({ extended: false }), onlyFor(accountSid, authToken));
  router.use(base, callRoutes(world, parts));
  router.use(base, messageRoutes(world, parts));
  router.use(`/${API_VERSION}`, (_request, response) => give(response, errorAnswer(20404)));
  return router;
}

function onlyFor(accountSid: string, authToken: string): RequestHandler {
  const expected = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  return (request: Request, response, next) => {
    const isKnown = request.headers.authorization === expected && request.params['accountSid'] === accountSid;
    if (isKnown) next();
    else give(response, errorAnswer(20003));
  };
}
