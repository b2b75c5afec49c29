import { createHash } from 'node:crypto';
import type { Person, Setting } from '../domain/forecast-person';
import { explainRejection, rejectionOf } from '../domain/forecast-rejection';
import type { Instant } from '../domain/instant';
import { NEWCOMER } from '../domain/newcomer';
import { countriesOf } from '../domain/places';
import { NO_HISTORY } from '../domain/plan-history';
import type { ContactView, PersonAttempt } from '../domain/planner-input';
import type { Policy } from '../domain/policy';
import type { CandidatePlaces } from '../domain/zone-evidence';
import { type Campaign, getCampaign } from './campaign';
import { requireStatus } from './campaign-life';
import { inTransaction, type Sql, type Tx } from './client';
import type { ForecastRow } from './forecast';
import type { StoredContact } from './forecast-results';
import { type Ground, readGround } from './forecast-ground';
import { currentVersion } from './freeze';
import { zonesInDoubt } from './zone-doubts';
import { numberParts, type NumberRows, numberViews, relationshipsOf } from './number-facts';
import { loadPlannerFrames } from './planner-input';
import { readTemplates } from './template-use';

/** Everybody whom a forecast is about, as they all stood at one moment. */
export interface Population {
  readonly ground: Ground;
  /** The one that binds everybody. */
  readonly policy: Policy;
  readonly from: Instant;
  readonly people: readonly Person[];
  /** Whoever is on the list and is not enrolled, or would not be. */
  readonly rejected: readonly StoredContact[];
  readonly endedBefore: number;
}

/** More than these are not held in memory at once. */
const MOST_CONTACTS = 150_000;
const MEMBERS_PAGE = 2_000;
const FRAMES_PAGE = 500;

export class TooManyContacts extends Error {
  override readonly name = 'TooManyContacts';
}

/** Read page by page in one snapshot of the database, so nobody is there twice or halfway changed. */
export async function readPopulation(sql: Sql, forecast: ForecastRow): Promise<Population> {
  return inTransaction(
    sql,
    async (tx) => {
      const campaign = await getCampaign(tx, forecast.campaignId);
      requireStatus(campaign, ['draft', 'active', 'paused'], 'forecast');
      const ground = await readGround(tx, campaign.id);
      const from = forecast.startsAt === null ? ground.now : Math.max(forecast.startsAt, ground.now);
      const reading = new Reading(tx, campaign, ground, from);
      await reading.enrolled();
      const { policy } = await reading.members();
      const { people, rejected, endedBefore } = reading;
      return { ground, policy, from, people, rejected, endedBefore };
    },
    { isolation: 'repeatable read' },
  );
}

class Reading {
  readonly people: Person[] = [];
  readonly rejected: StoredContact[] = [];
  endedBefore = 0;
  /** Most people look alike to the planner: they share what it sees of them. */
  private readonly views = new Map<string, ContactView>();
  private readonly settings = new Map<string, Setting>();

  constructor(
    private readonly tx: Tx,
    private readonly campaign: Campaign,
    private readonly ground: Ground,
    private readonly from: Instant,
  ) {}

  /** Whoever is inside goes on from where they are. */
  async enrolled(): Promise<void> {
    const { tx, campaign } = this;
    if (campaign.status === 'draft') return;
    for (let after = 0; ; ) {
      const rows = await tx<
        { id: string; seq: number; contactId: string; state: string; reason: string | null; endedAt: Instant }[]
      >`
        select id, seq::float8, contact_id, state, reason, ms(enrolled_at) as ended_at
        from enrollment where campaign_id = ${campaign.id} and seq > ${after} order by seq limit ${FRAMES_PAGE}`;
      for (const { contactId, state, reason, endedAt } of rows) {
        if (state === 'ended') this.endedBefore += 1;
        if (state === 'rejected') this.reject(contactId, reason ?? 'unknown', endedAt);
      }
      const open = rows.filter(({ state }) => state === 'open').map(({ id }) => id);
      if (open.length > 0) await this.frames(open);
      const last = rows.at(-1);
      if (last === undefined || rows.length < FRAMES_PAGE) return;
      after = last.seq;
    }
  }

  private async frames(ids: readonly string[]): Promise<void> {
    const place = new Map(ids.map((id, ix) => [id, ix]));
    const frames = await loadPlannerFrames(this.tx, ids);
    frames.sort((a, b) => (place.get(a.input.enrollment.id) ?? 0) - (place.get(b.input.enrollment.id) ?? 0));
    for (const { input, contactId } of frames) {
      const { now: _, spending: __, line: ___, enrollment, contact, attempts, personAttempts, ...rest } = input;
      const { commitments, unreadReplies, isLocked: ____, campaign, ...own } = rest;
      const setting = this.settingOf(`${own.planVersionId} ${own.policyVersionId}`, () => ({
        ...own,
        company: this.ground.company,
        campaign: this.resumed(campaign),
      }));
      this.add({
        contactId,
        setting,
        enrollment,
        contact: this.viewOf(contact),
        attempts,
        personAttempts,
        commitments,
        unreadReplies,
      });
    }
  }

  /** A paused campaign is forecast as if somebody resumed it at once. */
  private resumed(campaign: Setting['campaign']): Setting['campaign'] {
    if (campaign.status !== 'paused') return campaign;
    return { ...campaign, status: 'active', resumedAt: { voice: this.from, sms: this.from, email: this.from } };
  }

  /** Whoever is on the list and has no row yet comes in at the beginning. */
  async members(): Promise<Setting> {
    const setting = await this.newcomers();
    const waiting = await this.withUnreadReplies();
    for (let after: string | null = null; ; ) {
      const rows: MemberRow[] = await this.membersAfter(after);
      for (const row of rows) {
        const contact = this.viewOf(contactView(row));
        const rejection = rejectionOf(contact, setting.plan);
        if (rejection !== null) this.reject(row.contactId, rejection, this.from);
        else
          this.add({
            contactId: row.contactId,
            setting,
            enrollment: { ...NEWCOMER, id: row.contactId, enrolledAt: this.from },
            contact,
            attempts: NOTHING,
            personAttempts: row.personAttempts ?? NOTHING,
            commitments: NOTHING,
            unreadReplies: waiting.has(row.contactId) ? 1 : 0,
          });
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < MEMBERS_PAGE) return setting;
      after = last.contactId;
    }
  }

  private async newcomers(): Promise<Setting> {
    const { tx, campaign, ground } = this;
    const { definition, pausedChannels } = campaign;
    const { company } = ground;
    const view = { status: 'active', pausedChannels, resumedAt: {} } as const;
    if (campaign.status === 'draft') {
      // With the words that its launch would freeze, for they are paid for.
      const { plan, policy } = (await readTemplates(tx, definition)).definition;
      // Compiled hours are kept by the id of their version, so a draft is named after its content.
      const id = createHash('sha256')
        .update(JSON.stringify([plan, policy]))
        .digest('hex');
      const planVersion = { number: 1, plannedSince: 1, replansFrom: 0, history: NO_HISTORY, policy };
      return { campaign: view, plan, planVersionId: id, planVersion, policy, policyVersionId: id, company };
    }
    const { id, number, plannedSince, history, plan, policy } = await currentVersion(tx, campaign);
    return this.settingOf(`${id} ${id}`, () => ({
      campaign: view,
      plan,
      planVersionId: id,
      planVersion: { number, plannedSince, replansFrom: 0, history, policy },
      policy,
      policyVersionId: id,
      company,
    }));
  }

  private async membersAfter(after: string | null): Promise<MemberRow[]> {
    const { id, listId } = this.campaign;
    return this.tx<MemberRow[]>`
      with member as (
        select distinct k.contact_id
        from list_member m join cases k on k.id = m.case_id
        where m.list_id = ${listId} and (${after}::uuid is null or k.contact_id > ${after}::uuid)
          and not exists (select 1 from enrollment e where e.campaign_id = ${id} and e.contact_id = k.contact_id)
        order by k.contact_id
        limit ${MEMBERS_PAGE}
      )
      select p.id as contact_id, p.places,
        (select coalesce(json_agg(json_build_object(
            'hash', ca.position::text, 'kind', a.kind, 'usable', ca.unusable is null,
            ${numberParts(this.tx, this.tx`at_ms(${this.from})`)},
            'suppressed', (select coalesce(json_agg(distinct s.channel), '[]')
              from (select unnest(channels) as channel from suppression where hash = a.hash and lifted_at is null
                union all select 'voice' from call_opt_out o where o.hash = a.hash and o.lifted_at is null
                  and o.case_type = (select l.case_type from list l where l.id = ${listId})) s)
          ) order by ca.position), '[]')
          from contact_address ca join address a on a.hash = ca.hash where ca.contact_id = p.id) as addresses,
        (select json_agg(json_build_object('at', ms(u.claimed_at), 'kind', u.kind) order by u.claimed_at)
          from (select distinct aa.attempt_id, aa.claimed_at, case aa.channel when 'email' then 'email' else 'phone' end as kind
            from contact_address ca join attempt_address aa on aa.hash = ca.hash
            where ca.contact_id = p.id and aa.claimed_at > at_ms(${this.from}) - interval '30 days') u) as person_attempts,
        (select json_agg(json_build_object('id', n.class, 'class', n.class, 'givenAt', ms(n.given_at)) order by n.given_at, n.id)
          from consent n where n.contact_id = p.id and n.revoked_at is null and n.given_at <= at_ms(${this.from})) as consents,
        ${relationshipsOf(this.tx)} as relationships
      from member join contact p on p.id = member.contact_id
      order by p.id`;
  }

  /** People of whom a reply is being read hold in every campaign. */
  private async withUnreadReplies(): Promise<ReadonlySet<string>> {
    const rows = await this.tx<{ contactId: string }[]>`
      with unread as (
        select o.contact_id from execution x join enrollment o on o.id = x.enrollment_id
        where x.kind = 'classify' and x.state = 'pending'
      )
      select other.contact_id from unread
      join contact_address own on own.contact_id = unread.contact_id
      join contact_address other on other.hash = own.hash
      union select contact_id from unread`;
    return new Set(rows.map(({ contactId }) => contactId));
  }

  private add(person: Person): void {
    this.people.push(person);
    if (this.people.length > MOST_CONTACTS)
      throw new TooManyContacts(
        `There are more than ${MOST_CONTACTS} contacts, which is the most that a forecast looks at.`,
      );
  }

  private reject(contactId: string, reason: string, at: Instant): void {
    const end = { state: 'rejected', reason, sentence: explainRejection(reason), at };
    this.rejected.push({ contactId, touches: NOTHING, isReached: false, end });
  }

  private settingOf(key: string, make: () => Setting): Setting {
    const setting = this.settings.get(key) ?? make();
    this.settings.set(key, setting);
    return setting;
  }

  private viewOf(contact: ContactView): ContactView {
    const alike = {
      ...contact,
      consents: contact.consents.map((consent) => ({ id: consent.class, class: consent.class })),
      relationships: (contact.relationships ?? NOTHING).map((each) => ({ ...each, id: each.kind })),
      addresses: contact.addresses.map((address, ix) => ({ ...address, hash: String(ix) })),
    };
    const key = JSON.stringify(alike);
    const view = this.views.get(key) ?? alike;
    this.views.set(key, view);
    return view;
  }
}

interface MemberRow extends NumberRows {
  readonly contactId: string;
  readonly places: CandidatePlaces;
  readonly personAttempts: PersonAttempt[] | null;
}

const NOTHING: readonly never[] = [];

function contactView({ places, ...row }: MemberRow): ContactView {
  const { zones, known, states } = places;
  const countries = countriesOf(places);
  return { zones: zonesInDoubt(zones), placeKnown: known, states, countries, ...numberViews(row) };
}
