import { type Agenda, createAgenda } from './agenda';
import { type Background, createBackground } from './background';
import { createBusinessClock } from './business-clock';
import { createFaultBoard, type FaultBoard } from './fault-board';
import { createHoldBoard, type HoldBoard } from './hold-board';
import { createLedger, type Ledger } from './ledger';
import { type Product, type Settings, type SimulatorDeps, settingsOf } from './settings';

/** What every stand-in shares. */
export interface World {
  readonly settings: Settings;
  readonly product: Product;
  readonly background: Background;
  readonly agenda: Agenda;
  readonly ledger: Ledger;
  readonly faults: FaultBoard;
  readonly holds: HoldBoard;
}

/** Reads the business clock once, so a clock out of reach is an error at the start and not at the first call. */
export async function createWorld(deps: SimulatorDeps): Promise<World> {
  const clock = createBusinessClock(deps.appNow);
  await clock.read();
  const settings = settingsOf(deps);
  const background = createBackground();
  return {
    settings,
    product: { publicUrl: deps.publicUrl ?? null, apiKey: deps.apiKey ?? null },
    background,
    agenda: createAgenda(clock, background),
    ledger: createLedger(clock, deps.ledgerPath ?? null),
    faults: createFaultBoard(clock, settings.seed),
    holds: createHoldBoard(),
  };
}
