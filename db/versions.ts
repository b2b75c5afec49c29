import { PlanSchema, type Plan } from '../domain/plan';
import { type PlanHistory, PlanHistorySchema } from '../domain/plan-history';
import { PolicySchema, type Policy } from '../domain/policy';
import type { Db } from './client';

/** Versions are immutable, so each process parses one once. */
export interface VersionContent {
  readonly id: string;
  readonly number: number;
  /** The first version with this plan and these hours. */
  readonly plannedSince: number;
  readonly plan: Plan;
  readonly policy: Policy;
  readonly history: PlanHistory;
}

const MOST_CACHED = 500;
const cache = new Map<string, VersionContent>();

export async function getVersion(db: Db, id: string): Promise<VersionContent> {
  const known = cache.get(id);
  if (known !== undefined) return known;
  const [row] = await db<
    (Pick<VersionContent, 'number' | 'plannedSince'> & { plan: unknown; policy: unknown; history: unknown })[]
  >`select number, planned_since, plan, policy, history from version where id = ${id}`;
  if (row === undefined) throw new Error(`there is no version ${id}`);
  const version = {
    id,
    number: row.number,
    plannedSince: row.plannedSince,
    plan: PlanSchema.parse(row.plan),
    policy: PolicySchema.parse(row.policy),
    history: PlanHistorySchema.parse(row.history),
  };
  if (cache.size >= MOST_CACHED) cache.clear();
  cache.set(id, version);
  return version;
}
