import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import express, { type Express } from 'express';
import { controlRoutes } from './control/routes';
import { createFactPoster } from './facts';
import { createEnricher } from './enricher';
import { createHttpCrm } from './http-crm';
import { createLawRuler } from './lawruler';
import { type MailSink, startMailSink } from './mail-sink';
import { createDoer } from './people/deeds';
import { createDirectory } from './people/directory';
import type { Product, SimulatorDeps } from './settings';
import { createSmartAdvocate } from './smartadvocate';
import { createAccount } from './twilio/account';
import { restoreAccount } from './twilio/account-restore';
import { createCallLife } from './twilio/call-life';
import { createCalls } from './twilio/calls';
import { createConversation } from './twilio/conversation';
import { createInbox } from './twilio/inbox';
import { twilioRoutes } from './twilio/routes';
import { createTexts } from './twilio/texts';
import { createWebhooks } from './twilio/webhooks';
import type { Ledger } from './ledger';
import { createWorld, type World } from './world';

export interface Simulator {
  readonly httpUrl: string;
  readonly smtpPort: number;
  readonly ledger: Ledger;
  /** Tells where the product is; what is left out stays as it was. */
  connect(product: Partial<Product>): void;
  /** Resolves when no call, text or reply is under way, and nothing is due that was put off to a later business time. */
  idle(): Promise<void>;
  /** The business time to which the next callback or mail is put off; null when there is none. */
  nextAt(): number | null;
  /** Breaks off everything under way, and rejects if a stand-in failed by itself. */
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Starts stand-ins for everything outside of the product: Twilio, a mail server, CRMs, a service that knows more of people, and people. */
export async function createSimulator(deps: SimulatorDeps): Promise<Simulator> {
  const world = await createWorld(deps);
  const { app, mail } = await assemble(world, deps);
  const http = createServer(app);
  http.listen(deps.port ?? 0, HOST);
  await once(http, 'listening');
  let stopped: Promise<void> | null = null;
  return {
    httpUrl: `http://${HOST}:${portOf(http)}`,
    smtpPort: mail.port,
    ledger: world.ledger,
    connect: (product) => void Object.assign(world.product, product),
    idle: () => idle(world),
    nextAt: () => world.agenda.nextAt(),
    stop() {
      stopped ??= stopAll(world, http, mail);
      return stopped;
    },
  };
}

/** The agenda may begin something by itself while it is asked. */
async function idle({ background, agenda }: World): Promise<void> {
  do await background.idle();
  while ((await agenda.catchUp()) || background.busy > 0);
}

async function stopAll({ background, agenda }: World, http: Server, mail: MailSink): Promise<void> {
  const closed = once(http, 'close');
  http.close();
  http.closeAllConnections();
  await closed;
  await mail.stop();
  agenda.clear();
  await background.stop();
}

async function assemble(world: World, deps: SimulatorDeps): Promise<{ app: Express; mail: MailSink }> {
  const account = createAccount();
  await restoreAccount(account, world.ledger);
  const directory = createDirectory(world.ledger, world.settings.seed, deps.weights);
  const webhooks = createWebhooks(world);
  const facts = createFactPoster(world);
  const inbox = createInbox(world, { account, directory, webhooks });
  const doer = createDoer(world, { directory, facts, inbox });
  const texts = createTexts(world, { account, directory, doer, webhooks });
  const live = createCallLife(world, { webhooks, doer, converse: createConversation(world, webhooks) });
  const calls = createCalls(world, { account, directory, doer, live });
  const lawRuler = createLawRuler(world);
  const httpCrm = createHttpCrm(world);
  const enricher = createEnricher(world);
  const smartAdvocate = createSmartAdvocate(world);
  const mail = await startMailSink(world, { directory, doer }, deps.smtpPort ?? 0);
  const app = express();
  app.disable('x-powered-by');
  app.use(
    '/sim',
    controlRoutes(world, { account, directory, inbox, facts, lawRuler, httpCrm, enricher, smartAdvocate }),
  );
  app.use('/lawruler', lawRuler.router);
  app.use('/http-crm', httpCrm.router);
  app.use('/enricher', enricher.router);
  app.use('/CaseSyncAPI', smartAdvocate.router);
  app.use(twilioRoutes(world, { account, calls, texts }));
  return { app, mail };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the simulator listens on no TCP port');
  return address.port;
}
