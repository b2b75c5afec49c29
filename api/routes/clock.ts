import { appNow, readClock } from '../../db/clock';
import { CLOCK_EXAMPLE, ClockAnswer } from '../answers/clock';
import type { ApiDeps } from '../deps';
import { toDocument } from '../document';
import { defineRoute, ok, type Route } from '../route';

const REAL_SPEED = 1;

/** GET /clock: business time, for whoever shows it */
export function clockRoutes({ sql }: Pick<ApiDeps, 'sql'>): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/clock',
      role: 'viewer',
      concerns: 'shared',
      operation: {
        id: 'getClock',
        tag: 'Session',
        summary: 'What time is it?',
        description: 'Business time: that of every instant here. It is real time, but for demonstrations.',
        answers: { 200: ClockAnswer },
        examples: { answer: CLOCK_EXAMPLE },
      },
      handle: async () => {
        const [nowAt, clock] = await Promise.all([appNow(sql), readClock(sql)]);
        return ok(toDocument({ nowAt, speed: clock?.speed ?? REAL_SPEED }));
      },
    }),
  ];
}
