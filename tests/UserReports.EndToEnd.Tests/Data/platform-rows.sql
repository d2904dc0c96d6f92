-- Accounts 10, 13, 16, …: gaps, so that a range of ids is not a range of rows. chance(id, purpose) is an even number
-- between 0 and 9999 that only depends on its arguments, so that every case below has accounts of its own.
create function pg_temp.chance(id bigint, purpose text) returns int immutable language sql as
$$ select ((('x' || substr(md5(purpose || id), 1, 7))::bit(28)::int) % 10000) $$;

insert into auth_user values (-1, 'AnonymousUser', '!', '', '', '', false, false, true, '2014-01-01Z', null);
insert into auth_user
select id,
  case
    when pg_temp.chance(id, 'odd') < 40 then 'o''neil "the" 100%_' || id
    when pg_temp.chance(id, 'odd') < 80 then 'back\slash_' || id
    when pg_temp.chance(id, 'odd') < 140 then 'Ünïcødé_İI_' || id
    when pg_temp.chance(id, 'odd') < 180 then 'مريم_' || id
    when pg_temp.chance(id, 'odd') < 200 then 'sole😀_' || id
    when pg_temp.chance(id, 'odd') < 900 then 'Demo.' || id
    else (array['nia', 'tomas', 'lucia', 'yusuf', 'greta', 'ines', 'piotr', 'wei'])[1 + id % 8] || '-' || id
  end,
  'pbkdf2_sha256$1$salt$none',
  (array['Nia', '', 'Lucía', 'Yusuf', 'Greta "G"', 'Inês', 'Piotr', '伟'])[1 + id % 8],
  (array['Otieno', 'Novák', '', 'al-Amin', 'O''Hara', 'do Ó'])[1 + id % 6],
  case when pg_temp.chance(id, 'mail') < 300 then '' else 'person' || id || '@mail' || id % 7 || '.example' end,
  id = 10 or pg_temp.chance(id, 'super') < 5,
  pg_temp.chance(id, 'staff') < 30,
  pg_temp.chance(id, 'active') >= 400,
  timestamptz '2026-11-01 09:30:59.999Z' - make_interval(mins => pg_temp.chance(id, 'joined') * 450),
  case when pg_temp.chance(id, 'login') < 8200
    then timestamptz '2026-11-22 23:59:59.5Z' - make_interval(mins => pg_temp.chance(id, 'last') * 99) end
from generate_series(10, 7 + 3 * $accounts, 3) as id;

create temp table account as select id from auth_user where id > 0;

insert into hub_extrauserdetail (user_id, uid, data, private_data, validated_password, date_removal_requested,
  date_removed, password_date_changed, last_project_activity)
select id, 'u' || left(md5('account' || id), 21),
  case pg_temp.chance(id, 'shape') / 500
    when 0 then '{}'
    when 1 then '{"done_storage_limits_check": {"at": 3}}'
    when 2 then jsonb_build_object('country', null, 'tags', jsonb_build_array('a', 1, null, jsonb_build_object('b',
      2.50)))
    when 3 then jsonb_build_object('name', 'Ünï "quoted" \ 😀 ' || id, 'country', jsonb_build_array('KEN', 'TZA'), 'age',
      41)
    else jsonb_build_object('name', 'Person ' || id, 'country', (array['KEN', 'NPL', 'PER', 'MLI', 'JOR'])[1 + id % 5],
      'sector', 'Sector ' || id % 9, 'organization', 'Works & Co <' || id % 90 || '>', 'last_ui_language', 'en',
      'organization_type', 'non-profit', 'done_storage_limits_check', id)
  end,
  case pg_temp.chance(id, 'tos') % 3 when 0 then '{}' when 1 then '{"other": 1}'
    else '{"last_tos_accept_time": "2026-03-01T00:00:00Z", "secret": "never shown"}' end::jsonb,
  pg_temp.chance(id, 'validated') >= 250,
  case when pg_temp.chance(id, 'removal') < 60 then timestamptz '2026-10-01 08:00Z' end,
  case when pg_temp.chance(id, 'removal') < 25 then timestamptz '2026-10-09 08:00:00.001Z' end,
  case when pg_temp.chance(id, 'changed') < 2500 then timestamptz '2026-02-28 12:34:56.789Z' end,
  case when pg_temp.chance(id, 'project') < 6000
    then timestamptz '2026-12-01 10:00:00.9Z' - make_interval(hours => pg_temp.chance(id, 'hours')) end
from account where pg_temp.chance(id, 'details') >= 120;

insert into account_emailaddress (user_id, email, verified, "primary")
select id, 'person' || id || '@mail.example', pg_temp.chance(id, 'verified') % 10 < 8, true
from account where pg_temp.chance(id, 'address') >= 200
union all
select id, 'second' || id || '@mail.example', true, false from account where pg_temp.chance(id, 'second') < 900;

insert into accounts_mfa_mfamethodswrapper (user_id, name, secret, is_active)
select id, method, 'x', pg_temp.chance(id, method) < 5000
from account, unnest(array['app', 'sms']) as method where pg_temp.chance(id, 'mfa') < 800;

insert into socialaccount_socialaccount
select id * 10 + n, id, (array['google', 'azure', 'openid'])[1 + n], 'sub|' || id || '|' || n
from account, generate_series(0, 2) as n where pg_temp.chance(id, 'social') < 1200 / (n + 1);

-- One in twenty accounts has no organisation; the others own one; every thirtieth organisation is shared.
insert into organizations_organization
select 'o' || left(md5('o' || id), 21), (array['Wells & ''Water''', 'Clinic %', 'تعليم',
  'School_\'])[1 + id % 4] || ' ' || id,
  'slug-' || id, case when id % 3 = 0 then '' else 'https://o' || id || '.example/?a=1&b=2' end, 'non-profit',
  id % 30 = 1, pg_temp.chance(id, 'closed') >= 100
from account where pg_temp.chance(id, 'none') >= 500;

create temp table organization as
select o.id, a.id as made_by, row_number() over (order by a.id) as number
from account a join organizations_organization o on o.id = 'o' || left(md5('o' || a.id), 21);

insert into organizations_organizationuser
select 5 * made_by, made_by, pg_temp.chance(made_by, 'selfadmin') < 3000, id from organization;
insert into organizations_organizationuser
select 5 * a.id + n, a.id, pg_temp.chance(a.id, 'admin' || n) < 2500, o.id
from account a, generate_series(1, 2) as n, organization o
where pg_temp.chance(a.id, 'joins') < 900 / (n * n) and o.number = 30 * (1 + pg_temp.chance(a.id, 'where' || n) % 20)
on conflict do nothing;

-- Some organisations have no owner; of a few the owner is a member who did not make it.
insert into organizations_organizationowner (organization_id, organization_user_id)
select distinct on (o.id) o.id, u.id
from organization o join organizations_organizationuser u on u.organization_id = o.id
where pg_temp.chance(o.made_by, 'ownerless') >= 150
order by o.id, (case when pg_temp.chance(o.made_by, 'handed') < 2000 then -u.id else u.id end);

insert into kpi_asset (owner_id, name, _deployment_status, pending_delete)
select id, 'Form ' || n, (array['deployed', 'draft', 'archived', null])[1 + pg_temp.chance(id + n, 'deployed') % 4],
  pg_temp.chance(id + n, 'deleted') < 900
from account, generate_series(1, 6) as n where n <= pg_temp.chance(id, 'assets') % 7;
insert into kpi_asset (owner_id, name, pending_delete) values (null, 'Nobody''s', false);

-- Language services: two rows for some days, and days around every edge of a period.
insert into trackers_nlpusagecounter (user_id, asset_id, date, total_asr_seconds, total_mt_characters,
  total_llm_requests)
select id, n % 2, date '2026-12-02' - n * (1 + pg_temp.chance(id, 'pace') % 4) + n % 2,
  pg_temp.chance(id + n, 'asr') % 700, pg_temp.chance(id + n, 'mt'), pg_temp.chance(id + n, 'llm') % 5
from account, generate_series(0, 45) as n where pg_temp.chance(id, 'nlp') < 700;
