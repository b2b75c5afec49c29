import type { FactBody } from '../domain/fact';
import { type Sql, inTransaction } from './client';
import { appNow } from './clock';
import type { DraftAddress } from './contact-import';
import { type Arrival, type Received, receiveIn } from './inbox';
import { suppressAddresses } from './suppression';

/**
 * A word of somebody whom no contact matches. An opt-out holds for the address all the same (C6): it may be on a list
 * tomorrow. The address is stored only then; of everybody else the fact keeps the hash.
 */
export async function receiveFromStranger(sql: Sql, arrival: Arrival, sender: DraftAddress): Promise<Received> {
  return inTransaction(sql, async (tx) => {
    const received = await receiveIn(tx, arrival);
    const source = optOutSource(arrival.fact.body);
    if (received.factId === null || source === null) return received;
    await tx`
      insert into address (hash, kind, value) values (${sender.hash}, ${sender.kind}, ${sender.value})
      on conflict do nothing`;
    await suppressAddresses(tx, {
      hashes: [sender.hash],
      channels: ['voice', 'sms', 'email'],
      source,
      factId: received.factId,
      actor: arrival.actor,
      at: await appNow(tx),
    });
    return received;
  });
}

function optOutSource(body: FactBody): string | null {
  if (body.kind === 'opted_out') return body.source;
  return body.kind === 'reply' && body.verdict === 'revoke' ? 'reply' : null;
}
