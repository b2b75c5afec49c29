import { type CrmHook, usualHook } from '../domain/crm-hook';
import type { Db } from './client';
import { getConnection } from './connection';
import { getMapping } from './crm-mapping';

/** Where what a CRM tells of a changed status has what. */
export async function hookOf(db: Db, connectionId: string): Promise<CrmHook> {
  const [{ kind }, { mapping }] = [await getConnection(db, connectionId), await getMapping(db, connectionId)];
  return mapping.hook ?? usualHook(kind);
}
