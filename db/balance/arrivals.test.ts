import { id } from '../../test/audit/company';
import { describeViolations } from '../../test/audit/violations';
import type { Tx } from '../client';

const arrive = (age: string) => (tx: Tx) =>
  tx`
  insert into inbox (id, source, event_key, raw, at, rt) overriding system value
  values (4711, 'test', 'unfolded', '{}', now(), clock_timestamp() - ${age}::text::interval)`;

describeViolations('inbox', [
  { what: 'what came a moment ago may be unfolded', change: arrive('50 seconds'), broken: {} },
  { what: 'nothing lies unfolded for more than a minute', change: arrive('61 seconds'), broken: { inbox: ['4711'] } },
  {
    what: 'nothing is unfolded when all is over',
    change: arrive('1 second'),
    settled: true,
    broken: { inbox: ['4711'] },
  },
]);

const happen = (age: string) => (tx: Tx) =>
  tx`
  insert into fact (id, kind, body, actor, at, rt)
  values (${id('unfolded')}, 'reply', '{}', 'test', now(), clock_timestamp() - ${age}::text::interval)`;
const unsee = (tx: Tx) => tx`update fact set seen_rt = null where id = ${id('tag')}`;

describeViolations('facts', [
  { what: 'a fact of a moment ago may be unfolded', change: happen('50 seconds'), broken: {} },
  {
    what: 'no fact lies unfolded for more than a minute',
    change: happen('61 seconds'),
    broken: { facts: [id('unfolded')] },
  },
  {
    what: 'no fact is unfolded when all is over',
    change: happen('1 second'),
    settled: true,
    broken: { facts: [id('unfolded')] },
  },
  {
    what: 'a fact that cannot be folded says why',
    change: async (tx) => {
      await happen('61 seconds')(tx);
      await tx`update fact set fold_error = 'ZodError' where id = ${id('unfolded')}`;
    },
    settled: true,
    broken: {},
  },
  { what: 'a fact that a step has still to see is on its way', change: unsee, broken: {} },
  { what: 'a fact that no step saw was lost', change: unsee, settled: true, broken: { facts: [id('tag')] } },
]);
