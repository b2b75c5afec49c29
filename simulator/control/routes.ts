import express, { type ErrorRequestHandler, type Request, Router } from 'express';
import * as z from 'zod';
import type { Enricher } from '../enricher';
import { FaultRuleSchema } from '../fault-rule';
import type { FactPoster } from '../facts';
import { HoldSchema } from '../hold-board';
import type { HttpCrm } from '../http-crm';
import { type LawRuler, StaffChangeSchema } from '../lawruler';
import type { SmartAdvocate } from '../smartadvocate';
import type { Directory } from '../people/directory';
import { summarise } from '../summary';
import type { Account } from '../twilio/account';
import type { Inbox } from '../twilio/inbox';
import type { World } from '../world';
import { ledgerRoutes } from './ledger-routes';
import {
  AssignmentSchema,
  FaultListSchema,
  InboundMailSchema,
  InboundTextSchema,
  ProductSchema,
  UnknownLeadsSchema,
} from './schemas';

export interface ControlParts {
  readonly account: Account;
  readonly directory: Directory;
  readonly inbox: Inbox;
  readonly facts: FactPoster;
  readonly lawRuler: LawRuler;
  readonly httpCrm: HttpCrm;
  readonly enricher: Enricher;
  readonly smartAdvocate: SmartAdvocate;
}

/**
 * PUT    /product                     where the product is, and its key
 * GET    /ledger, /calls, /summary    see ledger-routes
 * GET    /faults    PUT /faults (replaces)    POST /faults (adds one)    DELETE /faults
 * POST   /hold, /release              keeps a call ringing or talking
 * POST   /people                      gives a person a script
 * POST   /inbound-sms, /inbound-email what a person writes by itself
 * GET    /crm       POST /crm/unknown-leads    POST /crm/by-hand (somebody at the firm sets a status)
 * GET    /http-crm/<account>    PUT /http-crm/<account>    who is let in there
 * GET    /enricher/<account>    PUT /enricher/<account>    what it knows, and whom it lets in
 * GET    /smartadvocate/<case>  PUT /smartadvocate/<case>  what somebody sets there by hand
 * POST   /reset                       forgets everything but the product
 */
export function controlRoutes(world: World, parts: ControlParts): Router {
  const { faults, holds, product, background, agenda, ledger } = world;
  const { account, directory, inbox, facts, lawRuler, httpCrm, enricher, smartAdvocate } = parts;
  const router = Router();
  router.use(express.json());
  router.use(ledgerRoutes(world, account));

  router.put('/product', (request, response) => {
    Object.assign(product, ProductSchema.parse(request.body));
    response.json({ publicUrl: product.publicUrl });
  });

  router.get('/faults', (_request, response) => void response.json(faults.list()));
  router.put('/faults', async (request, response) => {
    await faults.replace(FaultListSchema.parse(request.body).faults);
    response.json(faults.list());
  });
  router.post('/faults', async (request, response) => {
    await faults.add(FaultRuleSchema.parse(request.body));
    response.status(201).json(faults.list());
  });
  router.delete('/faults', (_request, response) => {
    faults.clear();
    response.status(204).end();
  });

  router.post('/hold', (request, response) => {
    holds.hold(HoldSchema.parse(request.body));
    response.status(201).json(holds.list());
  });
  router.post('/release', (request, response) => {
    const isKnown = holds.release(HoldSchema.parse(request.body));
    response.status(isKnown ? 200 : 404).json(holds.list());
  });

  router.post('/people', async (request, response) => {
    const { phone, email, script, options } = AssignmentSchema.parse(request.body);
    for (const address of [phone, email]) if (address !== undefined) await directory.assign(address, script, options);
    response.status(201).json({ script });
  });
  router.get('/people/:address', (request: Request<{ address: string }>, response) => {
    const { name, options, memory } = directory.reach(request.params.address);
    response.json({ script: name, options, memory });
  });

  router.post('/inbound-sms', async (request, response) => {
    response.status(201).json({ sid: await inbox.receive(InboundTextSchema.parse(request.body)) });
  });
  router.post('/inbound-email', async (request, response) => {
    const { from, ...mail } = InboundMailSchema.parse(request.body);
    const status = await facts.post({ kind: 'inbound_email', from, ...mail }, { channel: 'email', person: from });
    response.status(201).json({ status, messageId: mail.messageId });
  });

  router.use('/http-crm', httpCrm.control);
  router.use('/enricher', enricher.control);
  router.use('/smartadvocate', smartAdvocate.control);
  router.get('/crm', (_request, response) => void response.json(lawRuler.leads()));
  router.post('/crm/by-hand', async (request, response) => {
    response.json({ answered: await lawRuler.setByHand(StaffChangeSchema.parse(request.body)) });
  });
  router.post('/crm/unknown-leads', (request, response) => {
    lawRuler.forget(UnknownLeadsSchema.parse(request.body));
    response.status(204).end();
  });

  router.post('/reset', async (_request, response) => {
    holds.clear();
    faults.clear();
    agenda.clear();
    await background.reset();
    directory.clear();
    lawRuler.clear();
    httpCrm.clear();
    enricher.clear();
    smartAdvocate.clear();
    for (const kept of [account.calls, account.messages, account.blocks]) kept.clear();
    ledger.clear();
    response.json(summarise([]));
  });

  router.use(answerBadInput);
  return router;
}

const answerBadInput: ErrorRequestHandler = (error, _request, response, next) => {
  if (error instanceof z.ZodError) response.status(400).json({ error: 'bad_input', issues: error.issues });
  else next(error);
};
