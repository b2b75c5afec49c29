import { type KeyRole, lockAdminKeys } from './api-key';
import type { CaseTypes } from './case-scope';
import { recordChange } from './change-log';
import { type Db, inTransaction, type Sql, type Tx } from './client';
import { Refusal } from './refusal';
import { hashSecret } from './tokens';

/** API keys as those see them who look after them: never with a hash, and all times real. */

export interface ApiKeyRow {
  readonly id: string;
  readonly seq: number;
  readonly name: string;
  /** The beginning of the key, by which its owner knows it. */
  readonly prefix: string;
  readonly role: KeyRole;
  readonly scopes: readonly string[] | null;
  readonly caseTypes: CaseTypes;
  readonly disabled: boolean;
  readonly createdRt: number;
  readonly createdBy: string;
  readonly lastUsedRt: number | null;
  readonly expiresRt: number | null;
  readonly revision: number;
}

export interface ApiKeyDraft {
  readonly id: string;
  readonly prefix: string;
  readonly secret: string;
  readonly name: string;
  readonly role: KeyRole;
  readonly scopes: readonly string[] | null;
  /** Left out = of every type. */
  readonly caseTypes?: CaseTypes;
  readonly expiresRt: number | null;
}

/** Left-out fields stay. */
export interface ApiKeyChange {
  readonly name?: string | undefined;
  readonly role?: KeyRole | undefined;
  readonly scopes?: readonly string[] | null | undefined;
  readonly caseTypes?: CaseTypes | undefined;
  readonly expiresRt?: number | null | undefined;
  readonly disabled?: boolean | undefined;
}

export interface ApiKeyPage {
  /** Place of the last key of the page before. */
  readonly after: { readonly position: number; readonly id: string } | null;
  readonly limit: number;
}

/** Carried out again for the same request, it answers the key that is there. */
export async function issueApiKey(sql: Sql, draft: ApiKeyDraft, actor: string): Promise<ApiKeyRow> {
  const { id, prefix, secret, name, role, scopes, caseTypes = null, expiresRt } = draft;
  return inTransaction(sql, async (tx) => {
    const made = await tx`
      insert into api_key (id, name, prefix, secret_hash, role, scopes, case_types, expires_rt, created_by)
      values (${id}, ${name}, ${prefix}, ${hashSecret(secret)}, ${role}, ${listOf(scopes)},
        ${listOf(caseTypes)}, at_ms(${expiresRt}), ${actor})
      on conflict (id) do nothing
      returning id`;
    if (made.length > 0)
      await recordChange(tx, {
        entity: 'api_key',
        entityId: id,
        change: 'created',
        data: { role, scopes, caseTypes },
        actor,
      });
    return getApiKey(tx, id);
  });
}

export async function getApiKey(db: Db, id: string): Promise<ApiKeyRow> {
  const [row] = await db<ApiKeyRow[]>`select ${columns(db)} from api_key k where k.id = ${id}`;
  if (row === undefined) throw new Refusal('not_found', `there is no API key ${id}`);
  return row;
}

/** Newest first. */
export async function listApiKeys(db: Db, { after, limit }: ApiKeyPage): Promise<ApiKeyRow[]> {
  return db<ApiKeyRow[]>`
    select ${columns(db)}
    from api_key k
    where ${after === null} or (${position(db)}, k.id) < (${after?.position ?? 0}::bigint, ${after?.id ?? null}::uuid)
    order by ${position(db)} desc, k.id desc
    limit ${limit}`;
}

/** A key that is disabled ends its sessions for good; the last key that can mend everything stays. */
export async function changeApiKey(
  sql: Sql,
  id: string,
  { revision, ...change }: ApiKeyChange & { readonly revision?: number | undefined },
  { actor, allow }: { readonly actor: string; readonly allow: (before: ApiKeyRow) => void },
): Promise<ApiKeyRow> {
  return inTransaction(sql, async (tx) => {
    await lockAdminKeys(tx);
    const before = await getApiKey(tx, id);
    allow(before);
    if (revision !== undefined && revision !== before.revision)
      throw new Refusal('revision_conflict', `the API key stands at revision ${before.revision}, not ${revision}`);
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    const after: ApiKeyRow = { ...before, ...given };
    const fields = Object.keys(given).filter((field) => !isSame(Reflect.get(before, field), Reflect.get(after, field)));
    if (fields.length === 0) return before;
    await store(tx, after);
    if (isLastingAdmin(before) && !isLastingAdmin(after)) await requireAdmin(tx);
    if (after.disabled) await tx`delete from session where api_key_id = ${id}`;
    await recordChange(tx, {
      entity: 'api_key',
      entityId: id,
      change: changeOf(before, after),
      data: { fields },
      actor,
    });
    return getApiKey(tx, id);
  });
}

async function store(tx: Tx, { id, name, role, scopes, caseTypes, expiresRt, disabled }: ApiKeyRow): Promise<void> {
  await tx`
    update api_key set name = ${name}, role = ${role}, scopes = ${listOf(scopes)},
      case_types = ${listOf(caseTypes)}, expires_rt = at_ms(${expiresRt}),
      disabled = ${disabled}, revision = revision + 1
    where id = ${id}`;
}

function isLastingAdmin({ role, scopes, disabled, expiresRt }: ApiKeyRow): boolean {
  return role === 'admin' && scopes === null && !disabled && expiresRt === null;
}

async function requireAdmin(tx: Tx): Promise<void> {
  const left = await tx`
    select from api_key
    where role = 'admin' and scopes is null and not disabled and expires_rt is null
    limit 1`;
  if (left.length === 0)
    throw new Refusal(
      'last_admin',
      'this is the last admin key that is enabled, without scopes and without an end; make another one first',
    );
}

function changeOf(before: ApiKeyRow, after: ApiKeyRow): string {
  if (before.disabled === after.disabled) return 'changed';
  return after.disabled ? 'disabled' : 'enabled';
}

function isSame(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function listOf(scopes: readonly string[] | null): string[] | null {
  return scopes === null ? null : [...scopes];
}

/** Microseconds: instants as the row has them, exactly. */
function position(db: Db) {
  return db`(extract(epoch from k.created_rt) * 1000000)::bigint`;
}

function columns(db: Db) {
  return db`
    k.id, ${position(db)} as seq, k.name, k.prefix, k.role, k.scopes, k.case_types, k.disabled, ms(k.created_rt) as created_rt,
    k.created_by, ms(k.last_used_rt) as last_used_rt, ms(k.expires_rt) as expires_rt, k.revision`;
}
