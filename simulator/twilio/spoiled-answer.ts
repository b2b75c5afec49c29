import type { Response } from 'express';
import { type Answer, answerUnder, isExecuted } from '../fault-answer';
import type { FaultSubject } from '../fault-board';
import type { FaultRule } from '../fault-rule';
import type { World } from '../world';
import { TWILIO_FAULT_WORDS } from './error';

export interface Spoilable {
  readonly execute: (fault: FaultRule | null) => Promise<Answer>;
  /** Called instead when a fault keeps the request from being executed. */
  readonly leave?: (fault: FaultRule) => Promise<unknown>;
}

/** Answers a request of Twilio's API, unless the switchboard wants it otherwise. */
export type SpoiledAnswer = (response: Response, subject: FaultSubject, deed: Spoilable) => Promise<void>;

export function createSpoiledAnswer({ faults, background }: Pick<World, 'faults' | 'background'>): SpoiledAnswer {
  return async (response, subject, { execute, leave }) => {
    const fault = await faults.drawRequest(subject);
    if (fault !== null && !isExecuted(fault)) await leave?.(fault);
    await answerUnder(fault, response, TWILIO_FAULT_WORDS, () => execute(fault), background.signal);
  };
}
