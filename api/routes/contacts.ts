import * as z from 'zod';
import { type Contact, findContacts, getContact } from '../../db/contact';
import { receive } from '../../db/inbox';
import { ChannelSchema } from '../../domain/channel';
import { DomainError } from '../../domain/errors';
import { announce } from '../../engine/announce';
import { mailAddress, phoneAddress } from '../address';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { idAt, pageOf, pageQuery } from '../page';
import { accepted, defineRoute, IdParams, ok, type Route } from '../route';
import { text } from '../text';

/**
 * GET /contacts
 * GET /contacts/{id}
 * POST /contacts/{id}/opt-out
 */
export function contactRoutes(deps: ApiDeps): Route[] {
  const { sql, config } = deps;
  return [
    defineRoute({
      method: 'get',
      path: '/contacts',
      role: 'viewer',
      query: z.strictObject({ ...pageQuery, query: text(254).min(1).optional() }),
      handle: async ({ query: { query = null, limit, cursor } }) => {
        const hashes = query === null ? [] : hashesOf(query, config.addressKey);
        const rows = await findContacts(sql, { query, hashes, after: idAt(cursor), limit: limit + 1 });
        return ok(pageOf(rows, limit, ({ id }) => id, contactDocument));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/contacts/:id',
      role: 'viewer',
      params: IdParams,
      handle: async ({ params: { id } }) => ok(contactDocument(await getContact(sql, id))),
    }),
    defineRoute({
      method: 'post',
      path: '/contacts/:id/opt-out',
      role: 'editor',
      params: IdParams,
      body: z.strictObject({ channels: z.array(ChannelSchema).min(1).default(['voice', 'sms', 'email']) }),
      handle: async ({ params: { id }, body: { channels }, caller, requestKey }) => {
        await getContact(sql, id);
        const received = await receive(sql, {
          source: 'api',
          eventKey: `opted_out:${requestKey}`,
          raw: { contactId: id, channels },
          actor: caller.actor,
          fact: { body: { kind: 'opted_out', source: 'operator', channels }, contactId: id },
        });
        void announce(deps, received);
        return accepted({ factId: received.factId, duplicate: received.duplicate });
      },
    }),
  ];
}

/** A person's own attributes keep their form, whatever they are called. */
function contactDocument({ attributes, ...contact }: Contact): unknown {
  return { ...(toDocument(contact) as Record<string, unknown>), attributes };
}

/** What is searched for may be a whole address, which is found by its hash alone. */
function hashesOf(query: string, addressKey: string): string[] {
  return [phoneAddress, mailAddress].flatMap((read) => {
    try {
      return [read(query, addressKey).hash];
    } catch (error) {
      if (error instanceof DomainError) return [];
      throw error;
    }
  });
}
