import type { Response } from 'express';
import type { FaultMode, FaultRule } from './fault-rule';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How a provider says that something went wrong. */
export interface FaultWords {
  tooManyRequests(retryAfterSeconds: number): Answer;
  failed(status: 500 | 504): Answer;
  errorInside(): Answer;
  /** Where credentials come with the request and can expire. */
  unauthorized?(): Answer;
}

const EXECUTED = new Set<FaultMode>(['500_executed', '504_executed', 'timeout_executed', 'slow']);

/** Executes what was asked, or doesn't, and answers as the rule wants it; without a rule the answer is the truth. */
export async function answerUnder(
  fault: FaultRule | null,
  response: Response,
  words: FaultWords,
  execute: () => Promise<Answer>,
  signal: AbortSignal,
): Promise<void> {
  if (fault === null) return give(response, await execute());
  const truth = isExecuted(fault) ? await execute() : null;
  switch (fault.mode) {
    case '429':
      return give(response, words.tooManyRequests(fault.options.retryAfterSeconds));
    case '500':
    case '500_executed':
    case '500_not_executed':
      return give(response, words.failed(500));
    case '504_executed':
    case '504_not_executed':
      return give(response, words.failed(504));
    case '401':
      return give(response, words.unauthorized?.() ?? { status: 401, body: 'Unauthorized' });
    case 'slow':
      await pause(response, fault.options.holdMs, signal);
      return truth === null || response.destroyed ? undefined : give(response, truth);
    case 'error_in_200':
      return give(response, words.errorInside());
    case 'timeout_executed':
    case 'timeout_not_executed':
      return holdOpen(response, fault.options.holdMs, signal);
    case 'reset':
      return resetAfterHeaders(response);
    default:
      throw new Error(`no answer is known for the fault mode ${fault.mode}`);
  }
}

export function isExecuted(fault: FaultRule): boolean {
  return fault.mode === 'reset' ? fault.options.executed : EXECUTED.has(fault.mode);
}

export function give(response: Response, answer: Answer): void {
  response.status(answer.status).set(answer.headers ?? {});
  if (typeof answer.body === 'string') response.type(answer.contentType ?? 'text/plain').send(answer.body);
  else response.json(answer.body);
}

/** Says nothing until the client leaves, the time is over or the simulator stops. */
async function holdOpen(response: Response, ms: number, signal: AbortSignal): Promise<void> {
  await pause(response, ms, signal);
  response.destroy();
}

async function pause(response: Response, ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    const leave = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', leave);
      resolve();
    };
    response.once('close', leave);
    signal.addEventListener('abort', leave, { once: true });
  });
}

/** The client reads a good status line and never sees the body it announces. */
function resetAfterHeaders(response: Response): void {
  response.writeHead(201, { 'content-type': 'application/json', 'content-length': '1000' });
  response.flushHeaders();
  response.write('{', () => response.destroy());
}
