create function pg_temp.chance(id bigint, purpose text) returns int immutable language sql as
$$ select ((('x' || substr(md5(purpose || id), 1, 7))::bit(28)::int) % 10000) $$;

insert into auth_user select id, 'user' || id from generate_series(10, 7 + 3 * $accounts, 3) as id;

insert into main_userprofile (user_id, attachment_storage_bytes, submissions_suspended)
select id, case pg_temp.chance(id, 'stored') % 5 when 0 then 0 when 1 then 9000000000 + id
  else pg_temp.chance(id, 'bytes')::bigint * pg_temp.chance(id, 'times') * 17 end,
  pg_temp.chance(id, 'suspended') < 100
from auth_user where pg_temp.chance(id, 'profile') >= 300;

-- Days around every edge: of the month, of the plans' periods, of the retention.
insert into logger_dailyxformsubmissioncounter (user_id, date, counter, xform_id)
select id, date '2026-12-03' - (n * n) / (1 + pg_temp.chance(id, 'pace') % 3), pg_temp.chance(id + n, 'count') % 160,
  case when n % 3 = 0 then null else n end
from auth_user, generate_series(0, 40) as n where pg_temp.chance(id, 'submits') < 3500;
insert into logger_dailyxformsubmissioncounter (user_id, date, counter)
select id, date '2025-11-22' + n, 3 from auth_user, generate_series(-3, 3) as n where pg_temp.chance(id, 'edge') < 100;
analyze;
