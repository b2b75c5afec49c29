import { differences } from '../domain/differences';
import type { RefusedField } from './refusal';

/** What stands there now beside what was sent, for whoever comes second. `root` is where it was sent. */
export function shownDifferences(root: string, current: unknown, sent: unknown): RefusedField[] {
  return differences(current, sent).map(({ at, before, after }) => ({
    pointer: at === '' ? root : `${root}/${at}`,
    detail: 'what stands here now is not what was sent',
    ...(after === undefined ? {} : { value: after }),
    ...(before === undefined ? {} : { current: before }),
  }));
}
