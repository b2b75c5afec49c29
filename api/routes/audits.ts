import * as z from 'zod';
import { listAudits } from '../../db/audit';
import { AUDIT_EXAMPLE, AuditPageAnswer } from '../answers/audits';
import { pageExample } from '../answers/fields';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { numberAt, pageOf, pageQuery } from '../page';
import { defineRoute, ok, type Route } from '../route';

/** GET /audits */
export function auditRoutes({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/audits',
      role: 'viewer',
      concerns: 'whole',
      operation: {
        id: 'listAudits',
        tag: 'Operations',
        summary: 'List what the auditor found, newest first',
        description: 'It recomputes from the database alone what must never break, every hour.',
        answers: { 200: AuditPageAnswer },
        examples: { answer: pageExample(AUDIT_EXAMPLE) },
      },
      query: z.strictObject(pageQuery),
      handle: async ({ query: { limit, cursor } }) => {
        const rows = await listAudits(sql, { after: numberAt(cursor), limit: limit + 1 });
        return ok(
          pageOf(
            rows,
            limit,
            ({ id }) => id,
            ({ rt, ...audit }) => toDocument({ ...audit, auditedAt: rt }),
          ),
        );
      },
    }),
  ];
}
