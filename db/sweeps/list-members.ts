import { MemberConditionsSchema } from '../../domain/member-conditions';
import { catalogueOf } from '../attribute';
import { tellListed } from '../carried-case';
import { inTransaction, type Sql, type Tx } from '../client';
import type { ListKind } from '../list';
import { leaveList } from '../list-members';
import { meets } from '../member-conditions';

/** How many cases one round looks at. */
const PAGE = 1_000;
/** A list that was gone through is gone through again after this long. */
const PAUSE_SECONDS = 30;
/** And no sooner than after nine times as long as it took: long lists must not keep the database busy. */
const REST = 9;

/** Lets a page of cases come onto and leave a list by its conditions. Answers whether there may be more at once. */
export async function sweepListPage(sql: Sql): Promise<boolean> {
  return inTransaction(sql, async (tx) => {
    const list = await nextList(tx);
    if (list === undefined) return false;
    const page = await lookAt(tx, list);
    await tellListed(tx, list.id, page.came);
    await leaveList(tx, list.id, page.left, { onlyByConditions: list.kind === 'hybrid' });
    const isEnd = page.looked < PAGE;
    await tx`
      update list set
        sweep_cursor = ${isEnd ? null : page.last}::uuid,
        sweep_began_rt = ${list.sweepCursor === null ? tx`clock_timestamp()` : tx`sweep_began_rt`},
        swept_rt = ${isEnd ? tx`clock_timestamp()` : tx`swept_rt`}
      where id = ${list.id}`;
    return true;
  });
}

interface SweptList {
  readonly id: string;
  readonly kind: ListKind;
  readonly caseType: string;
  readonly conditions: unknown;
  readonly sweepCursor: string | null;
}

async function nextList(tx: Tx): Promise<SweptList | undefined> {
  const [list] = await tx<SweptList[]>`
    select id, kind, case_type, conditions, sweep_cursor
    from list
    where kind <> 'static' and (sweep_cursor is not null or swept_rt is null or swept_rt < clock_timestamp()
      - greatest(make_interval(secs => ${PAUSE_SECONDS}), (swept_rt - sweep_began_rt) * ${REST}::int))
    order by swept_rt nulls first, id
    limit 1
    for no key update skip locked`;
  return list;
}

interface Page {
  readonly looked: number;
  readonly last: string | null;
  readonly came: string[];
  readonly left: string[];
}

/** Whoever comes comes at once; whoever has to go is named. Erased people are on no list that looks for them. */
async function lookAt(tx: Tx, { id, kind, caseType, conditions, sweepCursor }: SweptList): Promise<Page> {
  const met = meets(tx, MemberConditionsSchema.parse(conditions), await catalogueOf(tx));
  const [page] = await tx<Page[]>`
    with page as materialized (
      select k.id, p.erased_rt is null and ${met} as meets, m.source,
        exists (select from list_exclusion x where x.list_id = ${id} and x.case_id = k.id) as excluded
      from (select app_now() as now) t
      cross join settings s
      join cases k on k.case_type = ${caseType} and (${sweepCursor}::uuid is null or k.id > ${sweepCursor})
      join contact p on p.id = k.contact_id
      left join list_member m on m.list_id = ${id} and m.case_id = k.id
      order by k.id
      limit ${PAGE}
    ), come as (
      insert into list_member (list_id, case_id, source)
      select ${id}::uuid, id, 'conditions' from page where meets and not excluded and source is null
      on conflict do nothing
      returning case_id
    )
    select count(*)::int as looked, (array_agg(id order by id desc))[1] as last,
      (select coalesce(array_agg(case_id), '{}') from come) as came,
      coalesce(array_agg(id) filter (
        where not meets and (source = 'conditions' or (source = 'manual' and ${kind === 'dynamic'}))), '{}') as "left"
    from page`;
  return page ?? { looked: 0, last: null, came: [], left: [] };
}
