import { addContact, id } from '../../test/audit/company';
import { describeViolations } from '../../test/audit/violations';
import type { Tx } from '../client';

const addLate = (tx: Tx) => addContact(tx, 'late');

describeViolations('audience', [
  { what: 'a member without a row is still to come while the sweep runs', change: addLate, broken: {} },
  {
    what: 'a member without a row was forgotten when all is over',
    change: addLate,
    settled: true,
    broken: { audience: [id('late')] },
  },
  {
    what: 'a campaign that came to its own end has forgotten nobody',
    change: async (tx) => {
      await addLate(tx);
      await tx`update campaign set status = 'completed'`;
    },
    settled: true,
    broken: { audience: [id('late')] },
  },
  {
    what: 'a campaign that was stopped owes nobody a row',
    change: async (tx) => {
      await addLate(tx);
      await tx`update campaign set status = 'archived', status_reason = 'stopped'`;
    },
    settled: true,
    broken: {},
  },
  {
    what: 'nobody has a row who is not in the list',
    change: (tx) => tx`delete from list_member where case_id = ${id('rejected-case')}`,
    broken: { audience: [id('rejected')] },
  },
  {
    what: 'who has left the list was taken in rightly (K-17)',
    change: async (tx) => {
      await tx`delete from list_member where case_id = ${id('rejected-case')}`;
      await tx`insert into list_departure (list_id, contact_id, at) values (${id('list')}, ${id('rejected')}, now())`;
    },
    broken: {},
  },
  {
    what: 'who left another list was not',
    change: async (tx) => {
      await tx`delete from list_member where case_id = ${id('rejected-case')}`;
      await tx`
        with other as (insert into list (name, case_type, actor) values ('Other', 'intake', 'test') returning id)
        insert into list_departure (list_id, contact_id, at) select id, ${id('rejected')}, now() from other`;
    },
    broken: { audience: [id('rejected')] },
  },
  {
    what: 'a campaign that took another list keeps who is inside',
    change: async (tx) => {
      await tx`delete from list_member where case_id = ${id('rejected-case')}`;
      await tx`update campaign set list_exchanged = true`;
    },
    broken: {},
  },
  {
    what: 'a campaign that was never launched has no rows',
    change: async (tx) => {
      await tx`
        insert into campaign (id, name, subject, list_id, definition, line_group_id, actor)
        select ${id('draft')}, 'Draft', 'intake', list_id, '{}', line_group_id, 'test' from campaign`;
      await tx`
        insert into enrollment (id, campaign_id, contact_id, state, reason, enrolled_at)
        values (${id('early')}, ${id('draft')}, ${id('waiting')}, 'rejected', 'no_address', now())`;
    },
    broken: { audience: [id('early')] },
  },
]);

const forget = (tx: Tx) => tx`update enrollment set due_at = null where id = ${id('waiting')}`;
const startAnew = (tx: Tx) => tx`update enrollment set due_at = null, stepped_rt = null where id = ${id('waiting')}`;
const owe = (tx: Tx) => tx`
  update execution set state = 'pending', finished_at = null where fact_id = ${id('tag')} and kind = 'crm_note'`;

describeViolations('states', [
  { what: 'an open row without an instant is stuck', change: forget, broken: { states: [id('waiting')] } },
  { what: 'a row that no step has seen yet needs no instant', change: startAnew, broken: {} },
  {
    what: 'a row that no step has seen when all is over is stuck',
    change: startAnew,
    settled: true,
    broken: { states: [id('waiting')] },
  },
  {
    what: 'a row with news that no step has seen needs no instant',
    change: async (tx) => {
      await forget(tx);
      await tx`update fact set enrollment_id = ${id('waiting')}, seen_rt = null where id = ${id('tag')}`;
    },
    broken: {},
  },
  {
    what: 'a held row that lost the end of its hold is stuck',
    change: (tx) => tx`update enrollment set held_until_at = null where id = ${id('held')}`,
    broken: { states: [id('held')] },
  },
  {
    what: 'a row that lost its place in the queue has its granted line',
    change: (tx) => tx`delete from line_queue`,
    broken: {},
  },
  {
    what: 'a row that lost its place in the queue and its line is stuck',
    change: async (tx) => {
      await tx`delete from line_queue`;
      await tx`update lease set expires_rt = clock_timestamp() where enrollment_id = ${id('queued')}`;
    },
    broken: { states: [id('queued')] },
  },
  {
    what: 'an end needs a reason',
    change: (tx) => tx`update enrollment set reason = '' where id = ${id('ended')}`,
    broken: { states: [id('ended')] },
  },
  { what: 'what leaves the machine may follow the end for a while', change: owe, broken: {} },
  {
    what: 'nothing that was ordered is undone when all is over',
    change: owe,
    settled: true,
    broken: { states: [id('ended')] },
  },
  {
    what: 'a stop is never left undone',
    change: (tx) => tx`update execution set state = 'pending', finished_at = null where kind = 'stop_calls'`,
    broken: { states: [id('ended')] },
  },
]);
