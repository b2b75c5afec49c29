import type { Line } from './line';
import { digitsParameters, type Parameters, speechParameters } from './parameters';
import type { TwimlElement } from './twiml';

/** What one call has come to so far, seen by the person. */
export interface Mood {
  turns: number;
  heard: string;
  leftMs: number;
  readonly stepMs: number;
}

/** What somebody at the phone answers to a `<Gather>`, as the parameters of its action; null = silence. */
export function replyTo(line: Line, gather: TwimlElement, mood: Mood): Parameters | 'hang_up' | null {
  if (line.pickUp !== 'human') return null;
  const { script, options } = line.person;
  const takes = (gather.attributes['input'] ?? 'dtmf').split(/\s+/);
  const key = options.key ?? script.key;
  if (key !== undefined && mood.turns === 0 && takes.includes('dtmf')) {
    mood.turns += 1;
    return digitsParameters(key);
  }
  if (!takes.includes('speech')) return null;
  const words = (options.lines ?? script.lines ?? [])[mood.turns];
  mood.turns += 1;
  return words === undefined ? 'hang_up' : speechParameters(words);
}

/** What `<Dial>` tells its action. */
export function dialParameters(isReached: boolean): Parameters {
  return isReached
    ? { DialBridged: 'true', DialCallDuration: '1', DialCallStatus: 'completed' }
    : { DialBridged: 'false', DialCallStatus: 'failed' };
}
