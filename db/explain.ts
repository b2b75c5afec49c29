import { decide } from '../domain/decide';
import type { Decision } from '../domain/decision';
import { explain } from '../domain/explain';
import type { Instant } from '../domain/instant';
import type { Db } from './client';
import { loadPlannerFrame } from './planner-input';

export interface Next {
  readonly decision: Decision;
  readonly sentence: string;
  readonly askAt: Instant | null;
}

/** "What next, and why" for one contact, worked out on reading by the same planner that acts, so it never goes stale. */
export async function nextOf(db: Db, enrollmentId: string): Promise<Next> {
  const { input } = await loadPlannerFrame(db, enrollmentId, 'none');
  const decision = decide(input);
  return { decision, sentence: explain(decision), askAt: decision.kind === 'finish' ? null : decision.askAt };
}
