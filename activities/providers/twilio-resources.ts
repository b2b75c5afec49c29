import type { FoundResource, ListedResource } from './provider';
import { ProviderError } from './provider-errors';

/** The SDK's instances in our words. */

/** What we read of the SDK's instances; its types promise values where Twilio answers null. */
interface Resource {
  readonly sid: string;
  readonly status: string;
  readonly dateCreated: Date | string | null;
}

export interface CallResource extends Resource {
  readonly answeredBy: string | null;
  readonly duration: string | null;
}

interface MessageResource extends Resource {
  readonly errorCode: number | null;
}

export function foundCall(call: CallResource): FoundResource {
  const { answeredBy, duration } = call;
  return {
    ...foundResource(call),
    ...(isSaid(answeredBy) ? { answeredBy } : {}),
    ...(isSaid(duration) ? { durationSeconds: Number(duration) } : {}),
  };
}

export function foundMessage(message: MessageResource): FoundResource {
  const { errorCode } = message;
  return { ...foundResource(message), ...(errorCode ? { errorCode: String(errorCode) } : {}) };
}

function foundResource({ sid, status, dateCreated }: Resource): FoundResource {
  const createdMs = new Date(dateCreated ?? Number.NaN).getTime();
  if (Number.isNaN(createdMs)) throw new ProviderError('not_understood');
  return { sid, status, createdMs };
}

interface Listed extends Resource {
  readonly from: string;
  readonly to: string;
  readonly direction: string;
}

export function listedCall(call: CallResource & Listed): ListedResource {
  return { ...foundCall(call), ...partiesOf(call) };
}

export function listedText(message: MessageResource & Listed & { readonly body: string | null }): ListedResource {
  return { ...foundMessage(message), ...partiesOf(message), text: message.body ?? '' };
}

const DIRECTIONS: ReadonlyMap<string, 'out' | 'in'> = new Map([
  ['outbound-api', 'out'],
  ['inbound', 'in'],
]);

function partiesOf({ from, to, direction }: Listed) {
  return { from, to, direction: DIRECTIONS.get(direction) ?? ('other' as const) };
}

function isSaid(text: string | null | undefined): text is string {
  return text !== null && text !== undefined && text !== '';
}

/** Twilio tells whole seconds: what was created within the first one counts as after it began. */
export function since<T extends FoundResource>(sinceMs: number, found: readonly T[]): readonly T[] {
  const sinceSecond = Math.floor(sinceMs / 1000) * 1000;
  return found.filter(({ createdMs }) => createdMs >= sinceSecond);
}
