import { id } from '../../test/audit/company';
import { describeViolations } from '../../test/audit/violations';
import type { Tx } from '../client';

/** Puts a known id on one execution, so that it can be named. */
const mark = (tx: Tx, where: { kind: string; caseId?: string }) => tx`
  update execution set id = ${id('marked')} where kind = ${where.kind} and case_id is not distinct from ${where.caseId ?? null}::uuid`;

describeViolations('executions', [
  {
    what: 'a stop that a rule orders is carried out',
    change: (tx) => tx`delete from execution where kind = 'stop_calls'`,
    broken: { executions: [id('tag')] },
  },
  {
    what: 'an action in the CRM is carried out for each case',
    change: (tx) => tx`delete from execution where kind = 'crm_status' and case_id = ${id('second-case')}`,
    broken: { executions: [id('tag')] },
  },
  {
    what: 'the note of a rule is posted for each case',
    change: (tx) => tx`delete from execution where kind = 'crm_note' and case_id = ${id('ended-case')}`,
    broken: { executions: [id('tag')] },
  },
  {
    what: 'without a case there is still one note',
    change: async (tx) => {
      await tx`update enrollment set cases = '{}' where id = ${id('ended')}`;
      await tx`delete from execution where case_id = ${id('second-case')}`;
      await tx`update execution set case_id = null where case_id is not null`;
    },
    broken: {},
  },
  {
    what: 'nothing is carried out that no rule ordered',
    change: (tx) => tx`
      insert into execution (id, fact_id, rule_key, action_ix, enrollment_id, kind, payload, at)
      values (${id('own')}, ${id('reply')}, 'asked', 0, ${id('waiting')}, 'stop_messaging', '{}', now())`,
    broken: { executions: [id('own')] },
  },
  {
    what: 'nothing is carried out without a rule but the reading of a reply',
    change: async (tx) => {
      await mark(tx, { kind: 'classify' });
      await tx`update execution set kind = 'crm_note' where id = ${id('marked')}`;
    },
    broken: { executions: [id('marked')] },
  },
  {
    what: 'what a rule ordered is carried out as what it was ordered',
    change: async (tx) => {
      await mark(tx, { kind: 'stop_calls' });
      await tx`update execution set kind = 'stop_messaging' where id = ${id('marked')}`;
    },
    broken: { executions: [id('marked'), id('tag')].sort() },
  },
  {
    what: 'a rule that fired is a rule of the version that judged',
    change: (tx) => tx`
      insert into rule_firing (fact_id, rule_key, enrollment_id, campaign_id, version_id, phrase, at)
      values (${id('reply')}, 'forgotten', ${id('ended')}, ${id('campaign')}, ${id('version')}, 'Requested Handoff', now())`,
    broken: { executions: [id('reply')] },
  },
  {
    what: 'what is under way has no end yet',
    change: (tx) => tx`
      update execution set state = 'pending', finished_at = null where kind = 'crm_note'`,
    broken: {},
  },
  {
    what: 'what failed for good says when',
    change: async (tx) => {
      await mark(tx, { kind: 'crm_status', caseId: id('second-case') });
      await tx`update execution set finished_at = null where id = ${id('marked')}`;
    },
    broken: { executions: [id('marked')] },
  },
]);

const markPromise = (tx: Tx, who: string) =>
  tx`update commitment set id = ${id('promise')} where enrollment_id = ${id(who)}`;

describeViolations('commitments', [
  {
    what: 'an open promise belongs to an open enrollment',
    change: async (tx) => {
      await markPromise(tx, 'waiting');
      await tx`update enrollment set state = 'ended', reason = 'plan_through', ended_at = now() where id = ${id('waiting')}`;
    },
    broken: { commitments: [id('promise')] },
  },
  {
    what: 'a promise does not close without a reason',
    change: async (tx) => {
      await markPromise(tx, 'ended');
      await tx`update commitment set reason = null where id = ${id('promise')}`;
    },
    broken: { commitments: [id('promise')] },
  },
  {
    what: 'a promise closes at a time',
    change: async (tx) => {
      await markPromise(tx, 'ended');
      await tx`update commitment set state = 'broken', closed_at = null where id = ${id('promise')}`;
    },
    broken: { commitments: [id('promise')] },
  },
]);
