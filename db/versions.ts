import { PlanSchema, type Plan } from '../domain/plan';
import { PolicySchema, type Policy } from '../domain/policy';
import type { Db } from './client';

/** Versions are immutable, so each process parses one once. */
export interface VersionContent {
  readonly id: string;
  readonly plan: Plan;
  readonly policy: Policy;
}

const MOST_CACHED = 500;
const cache = new Map<string, VersionContent>();

export async function getVersion(db: Db, id: string): Promise<VersionContent> {
  const known = cache.get(id);
  if (known !== undefined) return known;
  const [row] = await db<{ plan: unknown; policy: unknown }[]>`select plan, policy from version where id = ${id}`;
  if (row === undefined) throw new Error(`there is no version ${id}`);
  const version = { id, plan: PlanSchema.parse(row.plan), policy: PolicySchema.parse(row.policy) };
  if (cache.size >= MOST_CACHED) cache.clear();
  cache.set(id, version);
  return version;
}
