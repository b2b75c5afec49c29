-- What keeps a number from being called or texted, whatever the hour: the Do-Not-Call registry (C10), the Reassigned Numbers
-- Database (C11), and its country (T25).

-- T25: where calls and texts go to. Anywhere else is dear, and nobody's client lives there until somebody says so.
alter table settings add column allowed_countries text[] not null default '{US,CA}';
-- Null = of a time before there was such a list.
alter table settings_history add column allowed_countries text[];
update settings_history h set allowed_countries = s.allowed_countries from settings s where s.revision = h.revision;

create function keep_allowed_countries() returns trigger language plpgsql as $$
begin
  update settings_history set allowed_countries = new.allowed_countries where revision = new.revision;
  return new;
end $$;
-- Triggers of one event fire by name: after `keep_settings`, which makes the row.
create trigger keep_settings_countries after insert or update on settings
  for each row execute function keep_allowed_countries();

-- What a registry said of a number, known here or not: by hash, as suppressions are. Never changed, for each is evidence.
create table number_check (
  id bigint generated always as identity primary key,
  hash text not null,
  registry text not null check (registry in ('dnc', 'reassigned')),
  answer text not null,
  -- When the registry was asked, by the clock of the world; never later than now.
  checked_at timestamptz not null,
  -- Was the number given up after this?
  asked_about_at timestamptz,
  source text not null,
  -- Under the lock of the address, so that it can be told which of a claim and an answer came first.
  recorded_rt timestamptz not null default clock_timestamp(),
  actor text not null,
  check (answer = any (case registry when 'dnc' then array['listed', 'not_listed'] else array['yes', 'no', 'no_data'] end)),
  check ((registry = 'reassigned') = (asked_about_at is not null)),
  unique nulls not distinct (hash, registry, checked_at, answer, asked_about_at)
);

-- An established business relationship: for so long after a purchase or an inquiry a solicitation is lawful without consent.
create table relationship (
  id uuid primary key default gen_random_uuid(),
  contact_id uuid not null references contact (id) on delete cascade,
  kind text not null check (kind in ('purchase', 'inquiry')),
  happened_on date not null,
  source text not null,
  recorded_rt timestamptz not null default clock_timestamp(),
  recorded_at timestamptz not null default app_now(),
  withdrawn_at timestamptz,
  withdrawn_rt timestamptz,
  withdrawn_by text,
  withdrawn_reason text,
  actor text not null
);
create index relationship_contact on relationship (contact_id);

-- For the auditor, which must not ask the code that it checks: the countries of a number by how it begins.
-- From the metadata of libphonenumber-js 1.13.16 and our table of area codes. Territories count as the United States.
create table number_country (prefix text primary key, countries text[] not null);
insert into number_country (prefix, countries) values
  ('1', '{US}'), ('20', '{EG}'), ('211', '{SS}'), ('212', '{EH,MA}'), ('213', '{DZ}'), ('216', '{TN}'), ('218', '{LY}'), ('220', '{GM}'),
  ('221', '{SN}'), ('222', '{MR}'), ('223', '{ML}'), ('224', '{GN}'), ('225', '{CI}'), ('226', '{BF}'), ('227', '{NE}'), ('228', '{TG}'),
  ('229', '{BJ}'), ('230', '{MU}'), ('231', '{LR}'), ('232', '{SL}'), ('233', '{GH}'), ('234', '{NG}'), ('235', '{TD}'), ('236', '{CF}'),
  ('237', '{CM}'), ('238', '{CV}'), ('239', '{ST}'), ('240', '{GQ}'), ('241', '{GA}'), ('242', '{CG}'), ('243', '{CD}'), ('244', '{AO}'),
  ('245', '{GW}'), ('246', '{IO}'), ('247', '{AC}'), ('248', '{SC}'), ('249', '{SD}'), ('250', '{RW}'), ('251', '{ET}'), ('252', '{SO}'),
  ('253', '{DJ}'), ('254', '{KE}'), ('255', '{TZ}'), ('256', '{UG}'), ('257', '{BI}'), ('258', '{MZ}'), ('260', '{ZM}'), ('261', '{MG}'),
  ('262', '{RE,YT}'), ('263', '{ZW}'), ('264', '{NA}'), ('265', '{MW}'), ('266', '{LS}'), ('267', '{BW}'), ('268', '{SZ}'), ('269', '{KM}'),
  ('27', '{ZA}'), ('290', '{SH,TA}'), ('291', '{ER}'), ('297', '{AW}'), ('298', '{FO}'), ('299', '{GL}'), ('30', '{GR}'), ('31', '{NL}'), ('32', '{BE}'),
  ('33', '{FR}'), ('34', '{ES}'), ('350', '{GI}'), ('351', '{PT}'), ('352', '{LU}'), ('353', '{IE}'), ('354', '{IS}'), ('355', '{AL}'), ('356', '{MT}'),
  ('357', '{CY}'), ('358', '{AX,FI}'), ('359', '{BG}'), ('36', '{HU}'), ('370', '{LT}'), ('371', '{LV}'), ('372', '{EE}'), ('373', '{MD}'),
  ('374', '{AM}'), ('375', '{BY}'), ('376', '{AD}'), ('377', '{MC}'), ('378', '{SM}'), ('380', '{UA}'), ('381', '{RS}'), ('382', '{ME}'),
  ('383', '{XK}'), ('385', '{HR}'), ('386', '{SI}'), ('387', '{BA}'), ('389', '{MK}'), ('39', '{IT,VA}'), ('40', '{RO}'), ('41', '{CH}'),
  ('420', '{CZ}'), ('421', '{SK}'), ('423', '{LI}'), ('43', '{AT}'), ('44', '{GB,GG,IM,JE}'), ('45', '{DK}'), ('46', '{SE}'), ('47', '{NO,SJ}'),
  ('48', '{PL}'), ('49', '{DE}'), ('500', '{FK}'), ('501', '{BZ}'), ('502', '{GT}'), ('503', '{SV}'), ('504', '{HN}'), ('505', '{NI}'), ('506', '{CR}'),
  ('507', '{PA}'), ('508', '{PM}'), ('509', '{HT}'), ('51', '{PE}'), ('52', '{MX}'), ('53', '{CU}'), ('54', '{AR}'), ('55', '{BR}'), ('56', '{CL}'),
  ('57', '{CO}'), ('58', '{VE}'), ('590', '{BL,GP,MF}'), ('591', '{BO}'), ('592', '{GY}'), ('593', '{EC}'), ('594', '{GF}'), ('595', '{PY}'),
  ('596', '{MQ}'), ('597', '{SR}'), ('598', '{UY}'), ('599', '{BQ,CW}'), ('60', '{MY}'), ('61', '{AU,CC,CX}'), ('62', '{ID}'), ('63', '{PH}'),
  ('64', '{NZ}'), ('65', '{SG}'), ('66', '{TH}'), ('670', '{TL}'), ('672', '{NF}'), ('673', '{BN}'), ('674', '{NR}'), ('675', '{PG}'), ('676', '{TO}'),
  ('677', '{SB}'), ('678', '{VU}'), ('679', '{FJ}'), ('680', '{PW}'), ('681', '{WF}'), ('682', '{CK}'), ('683', '{NU}'), ('685', '{WS}'),
  ('686', '{KI}'), ('687', '{NC}'), ('688', '{TV}'), ('689', '{PF}'), ('690', '{TK}'), ('691', '{FM}'), ('692', '{MH}'), ('7', '{KZ,RU}'),
  ('81', '{JP}'), ('82', '{KR}'), ('84', '{VN}'), ('850', '{KP}'), ('852', '{HK}'), ('853', '{MO}'), ('855', '{KH}'), ('856', '{LA}'), ('86', '{CN}'),
  ('880', '{BD}'), ('886', '{TW}'), ('90', '{TR}'), ('91', '{IN}'), ('92', '{PK}'), ('93', '{AF}'), ('94', '{LK}'), ('95', '{MM}'), ('960', '{MV}'),
  ('961', '{LB}'), ('962', '{JO}'), ('963', '{SY}'), ('964', '{IQ}'), ('965', '{KW}'), ('966', '{SA}'), ('967', '{YE}'), ('968', '{OM}'),
  ('970', '{PS}'), ('971', '{AE}'), ('972', '{IL}'), ('973', '{BH}'), ('974', '{QA}'), ('975', '{BT}'), ('976', '{MN}'), ('977', '{NP}'), ('98', '{IR}'),
  ('992', '{TJ}'), ('993', '{TM}'), ('994', '{AZ}'), ('995', '{GE}'), ('996', '{KG}'), ('998', '{UZ}'), ('1268', '{AG}'), ('1264', '{AI}'),
  ('1246', '{BB}'), ('1441', '{BM}'), ('1242', '{BS}'), ('1767', '{DM}'), ('1809', '{DO}'), ('1829', '{DO}'), ('1849', '{DO}'), ('1473', '{GD}'),
  ('1658', '{JM}'), ('1876', '{JM}'), ('1869', '{KN}'), ('1345', '{KY}'), ('1758', '{LC}'), ('1664', '{MS}'), ('1721', '{SX}'), ('1649', '{TC}'),
  ('1868', '{TT}'), ('1784', '{VC}'), ('1284', '{VG}');
insert into number_country (prefix, countries)
select '1' || area_code, '{CA}' from regexp_split_to_table(
  '204 226 236 249 250 257 263 273 289 306 343 354 365 367 368 382 387 403 416 418 428 431 437 438 450 468 474 506 514 519 '
  '548 579 581 584 587 604 613 639 647 672 683 705 709 742 753 778 780 782 807 819 825 867 873 879 902 905 942', ' ') area_code;

-- All countries that the number may belong to; none for what is charged at special rates or belongs to nobody.
create function countries_of_number(number text) returns text[] language plpgsql stable as $$
declare
  named text[];
begin
  if number like '+1900%' then return '{}'; end if;
  -- The longest beginning says most.
  for digits in reverse 4..1 loop
    select countries into named from number_country where prefix = substr(number, 2, digits);
    if named is not null then return named; end if;
  end loop;
  return '{}';
end $$;

-- Where the tables of time zones of Node and of this server differ: found once for all processes, for it takes a second of CPU.
create table zone_comparison (
  -- The version of Node's table.
  node_table text not null,
  -- Since when the server runs that was asked.
  server_started_rt timestamptz not null,
  differences jsonb not null,
  compared_rt timestamptz not null,
  primary key (node_table, server_started_rt)
);
