import { id } from '../../test/audit/company';
import { describeViolations } from '../../test/audit/violations';
import type { Tx } from '../client';

const unlease = (tx: Tx) => tx`update lease set freed_rt = clock_timestamp() where attempt_id = ${id('live')}`;

describeViolations('leases', [
  { what: 'a call that may be live holds its line', change: unlease, broken: { leases: [id('live')] } },
  {
    what: 'so does a call whose fate is unknown',
    change: async (tx) => {
      await tx`update attempt set state = 'unknown' where id = ${id('live')}`;
      await unlease(tx);
    },
    broken: { leases: [id('live')] },
  },
  {
    what: 'a granted line is not yet the line of a call',
    change: (tx) => tx`
      update lease set state = 'granted', expires_rt = clock_timestamp() + interval '1 hour' where attempt_id = ${id('live')}`,
    broken: { leases: [id('live')] },
  },
  {
    what: 'a call that ended gives its line back',
    change: (tx) => tx`update lease set freed_rt = null where attempt_id = ${id('first')}`,
    broken: { leases: [id('first')] },
  },
]);

const limit = (lines: number, ratePercent: number) => (tx: Tx) =>
  tx`
  update line_group set lines = ${lines}, rate_percent = ${ratePercent}`;

describeViolations('lines', [
  { what: 'two calls fit into two lines', change: limit(2, 100), broken: {} },
  { what: 'two calls do not fit into one line', change: limit(1, 100), broken: { lines: [id('next')] } },
  { what: 'half of four lines are two', change: limit(4, 50), broken: {} },
  { what: 'half of three lines are one', change: limit(3, 50), broken: { lines: [id('next')] } },
  {
    what: 'one line is always allowed',
    change: async (tx) => {
      await limit(1, 1)(tx);
      await tx`update lease set expires_rt = clock_timestamp() where attempt_id = ${id('next')}`;
    },
    broken: {},
  },
]);

describeViolations('open_calls', [
  {
    what: 'a call that may be live bars its person',
    change: (tx) => tx`delete from open_call`,
    broken: { open_calls: [id('live')] },
  },
  {
    what: 'a call bars the number that it goes to',
    change: (tx) => tx`update open_call set hash = 'calling-email'`,
    broken: { open_calls: [id('live')] },
  },
  {
    what: 'a call that ended bars nobody',
    change: (tx) => tx`insert into open_call (hash, attempt_id) values ('ended-phone', ${id('first')})`,
    broken: { open_calls: [id('first')] },
  },
]);
