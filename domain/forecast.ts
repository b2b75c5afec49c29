import { Agenda } from './agenda';
import type { Answers } from './forecast-assumptions';
import { ForecastLife } from './forecast-life';
import type { ForecastTouch, House, LifeEnd, Person, Wish } from './forecast-person';
import { ForecastLines, type LineLimits } from './forecast-lines';
import { ForecastMoney } from './forecast-money';
import { ForecastTally } from './forecast-tally';
import type { Channel } from './channel';
import type { Instant } from './instant';
import type { Spending } from './spend';

/** What one contact of a forecast lives through. */
export interface ContactForecast {
  readonly contactId: string;
  readonly touches: readonly ForecastTouch[];
  readonly isReached: boolean;
  readonly end: LifeEnd;
}

export interface ForecastFrame {
  readonly from: Instant;
  /** Nothing later is looked at. */
  readonly until: Instant;
  readonly answers: Answers;
  readonly limits: LineLimits;
  /** False = as if there were as many lines as anybody wants. */
  readonly areLinesBounded: boolean;
  /** On each channel; null = no pace. */
  readonly messagesPerSecond: number | null;
  readonly spending: Spending;
  /** Of the company, for its calendar day. */
  readonly zone: string;
}

interface Guest {
  /** Their number in the agenda. */
  readonly no: number;
  readonly person: Person;
  /** Made at the first visit, for there are many. */
  life: ForecastLife | null;
  ticket: Ticket | null;
  lineUntilAt: Instant | null;
}

interface Ticket {
  readonly guest: Guest;
}

/** So many visits are made before anybody is asked whether to go on. */
const AT_ONCE = 50;

/** A campaign lived ahead of time: everybody at the instants that the planner names, with the lines, the pace and the money that there are. */
export class Forecast implements House {
  readonly tally: ForecastTally;
  /** In the order of the people; filled when it is over. */
  readonly results: ContactForecast[] = [];
  /** Everybody, and behind them the lines themselves. */
  private readonly agenda: Agenda;
  private readonly lines: ForecastLines;
  private readonly money: ForecastMoney;
  private readonly guests: Guest[];
  /** First come, first served; promises before everything else. */
  private readonly queues: readonly [promises: Ticket[], others: Ticket[]] = [[], []];
  private readonly heads: [number, number] = [0, 0];
  private waiting = 0;
  /** The next visit to the lines themselves. */
  private servedAt: Instant = 0;
  private readonly pacedAt: Partial<Record<Channel, Instant>> = {};
  private over = 0;

  constructor(
    people: readonly Person[],
    private readonly frame: ForecastFrame,
  ) {
    const { from, limits, areLinesBounded, spending, zone } = frame;
    this.tally = new ForecastTally();
    this.lines = new ForecastLines(limits, areLinesBounded);
    this.money = new ForecastMoney(spending, zone);
    this.guests = people.map((person, no) => ({ no, person, life: null, ticket: null, lineUntilAt: null }));
    this.agenda = new Agenda(people.length + 1);
    for (const { no } of this.guests) this.agenda.set(no, from);
  }

  /** Of all people, whose forecast is done. */
  get share(): number {
    return this.over / Math.max(1, this.guests.length);
  }

  /** Would anybody have had to wait for a line or for the pace of calls? */
  get areLinesShort(): boolean {
    return this.lines.areShort;
  }

  get mostLines(): number {
    return this.lines.most;
  }

  /** Goes on for as long as it may; true when it has come to its end. */
  advance(mayGoOn: () => boolean): boolean {
    for (let visits = 1; ; visits++) {
      const next = this.agenda.next();
      if (next === null || next.at > this.frame.until) return this.close();
      this.visit(this.guests[next.who], next.at);
      if (visits % AT_ONCE === 0 && !mayGoOn()) return false;
    }
  }

  spending(now: Instant): Spending {
    return this.money.spending(now);
  }

  pace(channel: Channel, now: Instant): Instant {
    const { messagesPerSecond } = this.frame;
    if (messagesPerSecond === null) return now;
    const at = Math.max(now, this.pacedAt[channel] ?? now);
    this.pacedAt[channel] = at + 1000 / messagesPerSecond;
    return Math.ceil(at);
  }

  sent(touch: ForecastTouch, cost: number): void {
    this.money.spend(cost, touch.at);
    this.tally.sent(touch, cost);
  }

  private visit(guest: Guest | undefined, now: Instant): void {
    if (guest === undefined) return this.serve(now);
    const hadLine = guest.lineUntilAt !== null && guest.lineUntilAt <= now;
    if (hadLine) this.freeLine(guest, now);
    this.settle(guest, this.lifeOf(guest).wake(now), now);
    if (hadLine) this.serve(now);
  }

  private lifeOf(guest: Guest): ForecastLife {
    const { answers, from } = this.frame;
    guest.life ??= new ForecastLife(guest.person, answers, this, from);
    return guest.life;
  }

  private settle(guest: Guest, wish: Wish, now: Instant): void {
    if (wish.kind !== 'line') this.leaveQueue(guest);
    if (wish.kind === 'over') {
      this.agenda.drop(guest.no);
      this.over += 1;
      return;
    }
    if (wish.kind === 'line' && guest.ticket === null) {
      if (this.waiting === 0 && this.lines.take(now)) return this.dial(guest, now);
      this.enqueue(guest, wish.isPromise);
      this.tally.waited(now, this.waiting);
    }
    this.agenda.set(guest.no, wish.at);
    if (wish.kind === 'line') this.serve(now);
  }

  /** With a line in hand. */
  private dial(guest: Guest, now: Instant): void {
    this.leaveQueue(guest);
    const life = this.lifeOf(guest);
    const overAt = life.dial(now);
    if (overAt === null) {
      this.lines.free();
      return this.settle(guest, life.wake(now), now);
    }
    guest.lineUntilAt = overAt;
    this.tally.lines(now, this.lines.live);
    this.tally.waited(now, this.waiting);
    this.agenda.set(guest.no, overAt);
  }

  private freeLine(guest: Guest, now: Instant): void {
    this.tally.lines(now, this.lines.live);
    guest.lineUntilAt = null;
    this.lines.free();
  }

  private enqueue(guest: Guest, isPromise: boolean): void {
    guest.ticket = { guest };
    this.queues[isPromise ? 0 : 1].push(guest.ticket);
    this.waiting += 1;
  }

  private leaveQueue(guest: Guest): void {
    if (guest.ticket === null) return;
    guest.ticket = null;
    this.waiting -= 1;
  }

  /** Lines go to those who wait, for as long as there are both. */
  private serve(now: Instant): void {
    for (let guest = this.firstWaiting(); guest !== null && this.lines.take(now); guest = this.firstWaiting())
      this.dial(guest, now);
    // Nobody else would tell when the pace lets the next one go.
    const { paceAt } = this.lines;
    if (this.waiting === 0 || paceAt <= Math.max(now, this.servedAt)) return;
    this.servedAt = Math.ceil(paceAt);
    this.agenda.set(this.guests.length, this.servedAt);
  }

  /** Whoever has left the queue is passed over. */
  private firstWaiting(): Guest | null {
    for (const ix of [0, 1] as const) {
      const queue = this.queues[ix];
      for (let ticket = queue[this.heads[ix]]; ticket !== undefined; ticket = queue[this.heads[ix]]) {
        if (ticket.guest.ticket === ticket) return ticket.guest;
        this.heads[ix] += 1;
      }
    }
    return null;
  }

  private close(): true {
    const { until } = this.frame;
    for (const guest of this.guests) {
      const life = this.lifeOf(guest);
      const end = life.end ?? life.cutOff(until);
      const { contactId, touches, isReached } = life;
      this.results.push({ contactId, touches, isReached, end });
    }
    this.over = this.guests.length;
    return true;
  }
}
