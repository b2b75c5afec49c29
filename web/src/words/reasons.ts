import { withLocalTimes } from './time';

/** The reasons alone: what the planner's sentence has after its first colon, with local times. */
export function reasonsOf(sentence: string, zone?: string): string {
  const reasons = withLocalTimes(sentence.slice(afterHead(sentence)), zone);
  return reasons.charAt(0).toUpperCase() + reasons.slice(1);
}

/** Times have colons as well, but no blank after them. */
function afterHead(sentence: string): number {
  const colon = sentence.indexOf(': ');
  return colon === -1 ? 0 : colon + 2;
}
