import { type ConnectDeps, connectCrm } from '../../activities/connect-crm';
import { type CaseStatuses, CrmError } from '../../activities/providers/provider';
import { type Circuit, circuitOf } from '../../db/connection-circuit';
import { noteListing, storeListing, takeDueListings } from '../../db/crm-mapping';
import { orderFields, orderTextNotes } from '../../db/crm-orders';
import { type PolledCase, takeDuePolls, takeStatuses } from '../../db/crm-status';
import { addEnvironmentConnection } from '../../db/execution';
import type { StatusRef } from '../../domain/crm-status';
import type { Sweep } from './sweep';

/** What is asked of CRMs, and ordered for them, without anybody having to wait for it. */
export function crmSweeps(deps: ConnectDeps): Sweep[] {
  const { sql } = deps;
  return [
    {
      name: 'crm-lists',
      everyMs: 2_000,
      async round() {
        // Known as soon as it is set up, so that rules can be made for it.
        if (deps.crm !== null) await addEnvironmentConnection(sql);
        await Promise.all((await takeDueListings(sql)).map((circuit) => list(deps, circuit)));
        return false;
      },
    },
    {
      name: 'crm-polls',
      everyMs: 5_000,
      async round() {
        const due = await takeDuePolls(sql);
        await Promise.all(due.map((polled) => poll(deps, polled)));
        return false;
      },
    },
    { name: 'crm-texts', everyMs: 1_000, round: async () => (await orderTextNotes(sql)) > 0 },
    { name: 'crm-fields', everyMs: 1_000, round: async () => (await orderFields(sql)) > 0 },
  ];
}

async function list(deps: ConnectDeps, circuit: Circuit): Promise<void> {
  try {
    const crm = connectCrm(deps, circuit);
    await storeListing(deps.sql, circuit.id, crm.list === undefined ? null : await crm.list());
  } catch (error) {
    // What it listed last stays; whether it is well is for actions and checks to find out.
    await noteListing(deps.sql, circuit.id, error instanceof CrmError ? error.code : 'failed');
  }
}

/** A case that can't be asked for now is asked for again when its turn comes. */
async function poll(deps: ConnectDeps, { connectionId, caseExternalId }: PolledCase): Promise<void> {
  try {
    const crm = connectCrm(deps, await circuitOf(deps.sql, { id: connectionId }));
    const statuses = (await crm.readStatus?.({ externalId: caseExternalId })) ?? null;
    if (statuses === null) return;
    await takeStatuses(deps.sql, { connectionId, caseExternalId, statuses: refsOf(statuses), how: 'asked' });
  } catch (error) {
    if (!(error instanceof CrmError)) throw error;
  }
}

function refsOf({ status, substatuses }: CaseStatuses): StatusRef[] {
  return [
    ...(status === null ? [] : [{ field: 'status' as const, value: status }]),
    ...substatuses.map(({ group, value }) => ({
      field: 'substatus' as const,
      value,
      ...(group === null ? {} : { group }),
    })),
  ];
}
