import * as z from 'zod';
import { calendarDayVersions, listCalendarDays } from '../../db/law';
import { addToLaw, changeLaw, CALENDAR_DAYS } from '../../db/law-change';
import { Refusal } from '../../db/refusal';
import { idOfRequest } from '../../db/tokens';
import { pageExample } from '../answers/fields';
import {
  CALENDAR_DAY_BODY_EXAMPLE,
  CALENDAR_DAY_EXAMPLE,
  CalendarDayAnswer,
  CalendarDayPageAnswer,
} from '../answers/law';
import type { ApiDeps } from '../deps';
import {
  byThing,
  idOf,
  CalendarDayChangeSchema,
  calendarDayDocument,
  NewCalendarDaySchema,
  RetirementSchema,
} from '../law-entry';
import { idAt, pageOf, pageQuery } from '../page';
import { revisionAsked } from '../revision';
import { created, defineRoute, IdParams, ok, type Route } from '../route';

/** GET /calendar-days · POST /calendar-days · GET /calendar-days/{id} · PATCH /calendar-days/{id} · POST /calendar-days/{id}/retire */
export function calendarDayRoutes(deps: ApiDeps): Route[] {
  return [...reading(deps), ...changing(deps)];
}

function reading({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/calendar-days',
      role: 'viewer',
      concerns: 'shared',
      operation: {
        id: 'listCalendarDays',
        tag: 'Law',
        summary: 'List the days of the calendar',
        description: 'In a stable order that means nothing. Federal holidays are there from the start.',
        answers: { 200: CalendarDayPageAnswer },
        examples: { answer: pageExample(CALENDAR_DAY_EXAMPLE) },
      },
      query: z.strictObject(pageQuery),
      handle: async ({ query: { limit, cursor } }) => {
        const rows = await listCalendarDays(sql, { after: idAt(cursor), limit: limit + 1 });
        return ok(pageOf(byThing(rows), limit, idOf, calendarDayDocument));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/calendar-days/:id',
      role: 'viewer',
      concerns: 'shared',
      operation: {
        id: 'getCalendarDay',
        tag: 'Law',
        summary: 'Read a day of the calendar with all its versions',
        answers: { 200: CalendarDayAnswer },
        examples: { answer: CALENDAR_DAY_EXAMPLE },
      },
      params: IdParams,
      handle: async ({ params: { id } }) => {
        const versions = await calendarDayVersions(sql, id);
        if (versions.length === 0) throw new Refusal('not_found', `there is no day of the calendar ${id}`);
        return ok(calendarDayDocument(versions));
      },
    }),
  ];
}

function changing({ sql }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/calendar-days',
      role: 'admin',
      concerns: 'whole',
      operation: {
        id: 'addCalendarDay',
        tag: 'Law',
        summary: 'Add a day to the calendar',
        description:
          'A holiday by its rule, or a blackout by its dates. `binds: everybody` closes it for the whole company, on every channel.',
        answers: { 201: CalendarDayAnswer },
        problems: ['law_refused'],
        examples: { body: CALENDAR_DAY_BODY_EXAMPLE, answer: CALENDAR_DAY_EXAMPLE },
      },
      body: NewCalendarDaySchema,
      handle: async ({ body, caller, requestKey }) => {
        const id = idOfRequest(requestKey);
        const versions = await addToLaw(sql, CALENDAR_DAYS, id, body, caller.actor);
        return created(calendarDayDocument(versions), `/calendar-days/${id}`);
      },
    }),
    defineRoute({
      method: 'patch',
      path: '/calendar-days/:id',
      role: 'admin',
      concerns: 'whole',
      operation: {
        id: 'changeCalendarDay',
        tag: 'Law',
        summary: 'Add a version of a day of the calendar',
        description:
          'What is left out is as in the version before. The new one counts from `effectiveFrom` on, today if that is left out; until then the one before does. What opens a day that was closed has to say who has reviewed it.',
        answers: { 200: CalendarDayAnswer },
        problems: ['revision_conflict', 'precondition_failed', 'law_refused'],
        examples: {
          body: { binds: 'everybody', source: 'company policy' },
          answer: CALENDAR_DAY_EXAMPLE,
        },
      },
      params: IdParams,
      body: CalendarDayChangeSchema,
      handle: async ({ params: { id }, body, caller, ifMatch }) => {
        const change = { ...body, revision: revisionAsked(ifMatch, body.revision) };
        return ok(calendarDayDocument(await changeLaw(sql, CALENDAR_DAYS, id, change, caller.actor)));
      },
    }),
    defineRoute({
      method: 'post',
      path: '/calendar-days/:id/retire',
      role: 'admin',
      concerns: 'whole',
      operation: {
        id: 'retireCalendarDay',
        tag: 'Law',
        summary: 'Retire a day of the calendar',
        description:
          'It is kept with all its versions, and closes nothing from `effectiveFrom` on. Somebody has to have reviewed that.',
        answers: { 200: CalendarDayAnswer },
        problems: ['revision_conflict', 'precondition_failed', 'law_refused'],
        examples: { body: { source: 'company policy', reviewedBy: 'Counsel' }, answer: CALENDAR_DAY_EXAMPLE },
      },
      params: IdParams,
      body: RetirementSchema,
      handle: async ({ params: { id }, body, caller, ifMatch }) => {
        const change = { ...body, retired: true, revision: revisionAsked(ifMatch, body.revision) };
        return ok(calendarDayDocument(await changeLaw(sql, CALENDAR_DAYS, id, change, caller.actor)));
      },
    }),
  ];
}
