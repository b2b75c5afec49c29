import type { Request, Response } from 'express';

/** How often the person was listened to without a word; a query parameter of ours. */
export const ROUND = 'n';

export function roundOf(request: Request): number {
  const round = Number(request.query[ROUND]);
  return Number.isInteger(round) && round > 0 ? round : 1;
}

export function sendTwiml(response: Response, twiml: string): void {
  response.type('text/xml').send(twiml);
}
