import { decide } from '../domain/decide';
import type { Decision } from '../domain/decision';
import type { Db } from './client';
import { loadPlannerFrame } from './planner-input';

/** "What next, and why" for one contact, worked out on reading by the same planner that acts, so it never goes stale. */
export async function nextOf(db: Db, enrollmentId: string): Promise<Decision> {
  const { input } = await loadPlannerFrame(db, enrollmentId, 'none');
  return decide(input);
}
