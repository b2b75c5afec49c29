import type { Sql } from '../../db/client';
import { carryOn, forgetResults, nextOperation } from '../../db/contact-operation-work';
import { announce } from '../../engine/announce';
import type { Engine } from '../../engine/engine';
import type { Sweep } from './sweep';

/** Orders for many contacts, a page at a time; a large one keeps no other waiting. */
export function contactOperations(deps: { readonly sql: Sql; readonly engine: Engine }): Sweep {
  const { sql } = deps;
  return {
    name: 'contact-operations',
    everyMs: 1_000,
    async round() {
      const operationId = await nextOperation(sql);
      if (operationId === null) return forgetResults(sql);
      await carryOn(sql, operationId, (received) => announce(deps, received));
      return true;
    },
  };
}
