import * as z from 'zod';
import type { Sql } from '../../db/client';
import type { DraftAddress } from '../../db/contact-import';
import {
  confirmOwnAddress,
  getOwnAddress,
  listOwnAddresses,
  type OwnAddress,
  registeredAs,
  registerOwnAddress,
  removeOwnAddress,
  sendCode,
} from '../../db/own-address';
import { allowedCountries } from '../../db/settings';
import { addressHash, idOfRequest } from '../../db/tokens';
import { countRequest } from '../../db/usage';
import type { AddressKind } from '../../domain/channel';
import { DomainError } from '../../domain/errors';
import { toIso } from '../../domain/instant';
import { countryOfNumber } from '../../domain/number-country';
import { mailAddress, phoneAddress } from '../../imports/address';
import { pageExample } from '../answers/fields';
import {
  OWN_ADDRESS_BODY_EXAMPLE,
  OWN_ADDRESS_EXAMPLE,
  OwnAddressAnswer,
  OwnAddressPageAnswer,
} from '../answers/own-messages';
import type { ApiDeps } from '../deps';
import { ApiError } from '../errors';
import { numberAt, pageOf, pageQuery } from '../page';
import { refuseBeyond } from '../rate-limit';
import { accepted, created, defineRoute, IdParams, noContent, ok, type Route } from '../route';
import { text } from '../text';

/** Whoever has a code sent to a number that is not theirs shall not be able to bother anybody with it. */
const CODES_PER_HOUR = { ofOneAddress: 5, ofAll: 60 };
const VERIFIED = { verifiedAt: '2027-03-01T14:02:00.000Z', codeEndsAt: null };

/**
 * POST /own-addresses · GET /own-addresses · GET /own-addresses/{id} · DELETE /own-addresses/{id}
 * POST /own-addresses/{id}/code · POST /own-addresses/{id}/confirm
 */
export function ownAddressRoutes(deps: ApiDeps): Route[] {
  return [...keeping(deps), ...proving(deps)];
}

function keeping({ sql, config: { addressKey } }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/own-addresses',
      role: 'editor',
      concerns: 'whole',
      operation: {
        id: 'registerOwnAddress',
        tag: 'Tests',
        summary: 'Register a phone or mail address of the team',
        description:
          'A code of six digits is sent there, by text or mail, good for ten minutes; tests go there when it was confirmed.',
        answers: { 201: OwnAddressAnswer },
        problems: ['wrong_status'],
        examples: { body: OWN_ADDRESS_BODY_EXAMPLE, answer: OWN_ADDRESS_EXAMPLE },
      },
      body: z.strictObject({ kind: z.enum(['phone', 'email']), value: text(254).min(1), label: text(60).min(1) }),
      handle: async ({ body: { kind, value: typed, label }, caller, requestKey }) => {
        const address = addressOf(kind, typed, addressKey);
        await requireAllowed(sql, address);
        if ((await registeredAs(sql, address.hash)) === null) await countCode(sql, address.hash);
        const own = await registerOwnAddress(sql, { ...address, id: idOfRequest(requestKey), label }, caller.actor);
        return created(ownAddressDocument(own), `/own-addresses/${own.id}`);
      },
    }),
    defineRoute({
      method: 'get',
      path: '/own-addresses',
      role: 'viewer',
      concerns: 'shared',
      operation: {
        id: 'listOwnAddresses',
        tag: 'Tests',
        summary: 'List the addresses of the team, oldest first',
        answers: { 200: OwnAddressPageAnswer },
        examples: { answer: pageExample({ ...OWN_ADDRESS_EXAMPLE, ...VERIFIED }) },
      },
      query: z.strictObject(pageQuery),
      handle: async ({ query: { limit, cursor } }) => {
        const rows = await listOwnAddresses(sql, { after: numberAt(cursor), limit: limit + 1 });
        return ok(pageOf(rows, limit, ({ seq }) => seq, ownAddressDocument));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/own-addresses/:id',
      role: 'viewer',
      concerns: 'shared',
      operation: {
        id: 'getOwnAddress',
        tag: 'Tests',
        summary: 'Read an address of the team',
        answers: { 200: OwnAddressAnswer },
        examples: { answer: { ...OWN_ADDRESS_EXAMPLE, ...VERIFIED } },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => ok(ownAddressDocument(await getOwnAddress(sql, id))),
    }),
    defineRoute({
      method: 'delete',
      path: '/own-addresses/:id',
      role: 'editor',
      concerns: 'whole',
      operation: {
        id: 'removeOwnAddress',
        tag: 'Tests',
        summary: 'Forget an address of the team',
        description: 'What was sent there stays as evidence, without the address.',
        answers: { 204: null },
      },
      params: IdParams,
      handle: async ({ params: { id }, caller }) => {
        await removeOwnAddress(sql, id, caller.actor);
        return noContent();
      },
    }),
  ];
}

function proving({ sql, config: { addressKey, secretKey } }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/own-addresses/:id/code',
      role: 'editor',
      concerns: 'whole',
      operation: {
        id: 'sendOwnAddressCode',
        tag: 'Tests',
        summary: 'Have another code sent',
        description: 'The one before counts no more. Five an hour for one address, sixty for all.',
        answers: { 202: OwnAddressAnswer },
        problems: ['wrong_status'],
        examples: { answer: OWN_ADDRESS_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id }, caller }) => {
        const { kind, value, verifiedRt } = await getOwnAddress(sql, id);
        if (verifiedRt === null) await countCode(sql, addressHash(addressKey, kind, value));
        return accepted(ownAddressDocument(await sendCode(sql, id, caller.actor)));
      },
    }),
    defineRoute({
      method: 'post',
      path: '/own-addresses/:id/confirm',
      role: 'editor',
      concerns: 'whole',
      operation: {
        id: 'confirmOwnAddress',
        tag: 'Tests',
        summary: 'Confirm the code that was sent there',
        description: 'Five tries, then another code is needed. Confirming what is verified changes nothing.',
        answers: { 200: OwnAddressAnswer },
        problems: ['not_verified'],
        examples: { body: { code: '042917' }, answer: { ...OWN_ADDRESS_EXAMPLE, ...VERIFIED } },
      },
      params: IdParams,
      body: z.strictObject({
        code: z
          .string()
          .trim()
          .regex(/^\d{6}$/, 'must be six digits'),
      }),
      handle: async ({ params: { id }, body: { code }, caller }) =>
        ok(ownAddressDocument(await confirmOwnAddress(sql, { id, code, secretKey }, caller.actor))),
    }),
  ];
}

function addressOf(kind: AddressKind, typed: string, addressKey: string): DraftAddress {
  try {
    return kind === 'phone' ? phoneAddress(typed, addressKey) : mailAddress(typed, addressKey);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw unusable(error.message, typed);
  }
}

/** T25: codes and tests cost as much as any other text or call. */
async function requireAllowed(sql: Sql, { kind, value }: DraftAddress): Promise<void> {
  if (kind === 'email' || (await allowedCountries(sql)).includes(countryOfNumber(value) ?? '')) return;
  throw unusable('the number is in a country that the settings do not allow (allowedCountries)', value);
}

function unusable(detail: string, value: string): ApiError {
  return new ApiError('invalid_body', `#/value: ${detail}`, [{ pointer: '#/value', detail, value }]);
}

async function countCode(sql: Sql, hash: string): Promise<void> {
  const { ofOneAddress, ofAll } = CODES_PER_HOUR;
  refuseBeyond(ofOneAddress, await countRequest(sql, `own-codes:${hash.slice(0, 32)}`), 'codes to this address');
  refuseBeyond(ofAll, await countRequest(sql, 'own-codes'), 'codes to addresses of the team');
}

function ownAddressDocument({ seq: _, verifiedRt, codeEndsRt, createdAt, ...rest }: OwnAddress) {
  return {
    ...rest,
    verifiedAt: verifiedRt === null ? null : toIso(verifiedRt),
    codeEndsAt: codeEndsRt === null ? null : toIso(codeEndsRt),
    createdAt: toIso(createdAt),
  };
}
