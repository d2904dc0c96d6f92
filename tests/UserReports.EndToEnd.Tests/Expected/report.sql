-- The whole report as one set-based computation, written from the rules of the report alone: it shares no code with the
-- service. Runs on the platform database; stored_bytes (user_id, bytes, suspended) and submissions (user_id, day,
-- count) are the usage database's rows, $now the instant of the run, $retention the days of retention.
create function pg_temp.zulu(t timestamptz) returns text immutable language sql as
$$ select to_char(t at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') $$;
create function pg_temp.offset_of(t timestamptz) returns text immutable set timezone = 'UTC' language sql as
$$ select to_jsonb(t) #>> '{}' $$;
create function pg_temp.day(t timestamptz) returns date immutable language sql as
$$ select (t at time zone 'UTC')::date $$;
create function pg_temp.months_later(t timestamptz, n int) returns timestamptz immutable language sql as
$$ select ((t at time zone 'UTC') + make_interval(months => n)) at time zone 'UTC' $$;

-- 1e30 stands for unlimited: more than any number that a limit can be.
create function pg_temp.allowed(metadata jsonb, key text) returns numeric immutable language sql as
$$
  select case
    when metadata ->> key = 'unlimited' then 1e30
    when metadata ->> key ~ '^\s*[0-9]+(\.[0-9]+)?\s*$' then floor((metadata ->> key)::numeric)
  end
$$;

create function pg_temp.balance(used numeric, allowed numeric) returns jsonb immutable language sql as
$$
  select case
    when allowed is null or allowed >= 1e30
      then '{"effective_limit": null, "balance_value": null, "balance_percent": 0, "exceeded": false}'::jsonb
    when allowed = 0 then 'null'::jsonb
    else jsonb_build_object('effective_limit', allowed, 'balance_value', allowed - used,
      'balance_percent', floor(100 * used / allowed + 0.5), 'exceeded', used > allowed)
  end
$$;

create function pg_temp.quantile(numbers numeric[], share numeric) returns numeric immutable language sql as
$$
  select sorted[1 + floor(place)] + (place - floor(place)) * (sorted[1 + ceil(place)] - sorted[1 + floor(place)])
  from (select array_agg(n order by n) as sorted, share * (count(*) - 1) as place from unnest(numbers) as n) as ordered
$$;

create function pg_temp.stored_forecast(used numeric, allowed numeric) returns jsonb immutable language sql as
$$ -- there are no snapshots of days before
  select case when allowed = 0 then 'null'::jsonb else jsonb_build_object('state', case
      when allowed is null or allowed >= 1e30 then 'unlimited' when used > allowed then 'over' else 'too_new' end,
    'days_to_limit', null, 'days_to_limit_earliest', null, 'limit_date', null) end
$$;

-- Weeks count from the first with any use on. Where eight or more go up or down steadily each is moved along Theil and
-- Sen's line to the coming week; in whole parts of 55440, so that nothing is rounded.
create function pg_temp.coming(weeks numeric[]) returns numeric[] immutable language sql as
$$
  select array_agg(case
    when steady then greatest(0, k * 55440 + 2 * slope * (cardinality(known) + 1 - i)) else k * 55440 end order by i)
  from (
    select weeks[(select min(i) from generate_subscripts(weeks, 1) as i where weeks[i] > 0):] as known offset 0
  ) as begun
  cross join lateral (
    select coalesce(cardinality(known) >= 8 and abs(sum(sign(b.k - a.k))) * 2 >= count(*), false) as steady,
      pg_temp.quantile(array_agg((b.k - a.k) * (27720 / (b.i - a.i))), 0.5) as slope
    from unnest(known) with ordinality as a (k, i) join unnest(known) with ordinality as b (k, i) on a.i < b.i) as pairs
  cross join lateral unnest(known) with ordinality as each (k, i)
$$;

create function pg_temp.forecast(used numeric, allowed numeric, weeks numeric[], ends timestamptz, today date)
  returns jsonb immutable language sql as
$$
  select case when allowed = 0 then 'null'::jsonb else jsonb_build_object('state', state,
    'days_to_limit', case when state = 'projected' then usual end,
    'days_to_limit_earliest', case when state in ('projected', 'period_ends_first') and today + earliest < ends
      then earliest end,
    'limit_date', case when state = 'projected' then to_char(today + usual, 'YYYY-MM-DD"T00:00:00Z"') end) end
  from (
    select *, case
        when allowed is null or allowed >= 1e30 then 'unlimited'
        when used > allowed then 'over'
        when coalesce((select sum(n) from unnest(weeks[9:12]) as n), 0) = 0 then 'idle'
        when cardinality(known) < 4 then 'too_new'
        when middle = 0 or pg_temp.quantile(known, 0.75) - pg_temp.quantile(known, 0.25) > 3 * middle
          or known[cardinality(known)] * 3 < middle or known[cardinality(known)] > 3 * middle then 'irregular'
        when today + usual < ends then 'projected'
        else 'period_ends_first' end as state
    from (
      select *, ceil(least(100000, left_over / nullif(middle, 0)))::int as usual,
        ceil(least(100000, left_over / nullif(pg_temp.quantile(known, 0.9), 0)))::int as earliest
      from (
        select known, pg_temp.quantile(known, 0.5) as middle,
          case when allowed < 1e30 then (allowed - used) * 7 * 55440 end as left_over
        from (select pg_temp.coming(weeks) as known offset 0) as moved offset 0) as halved offset 0) as dated
    offset 0) as stated -- offset 0: each is worked out once
$$;

-- At least as many decimals as the currency has, and all that the amount has.
create function pg_temp.money(amount numeric, currency text) returns text immutable language sql as
$$
  select case currency when 'usd' then '$' when 'aud' then '$' when 'eur' then '€' when 'gbp' then '£'
      when 'inr' then '₹' when 'krw' then '₩' when 'jpy' then '¥' else '' end
    || to_char(trunc(scaled), 'FM999,999,999,999,990')
    || case when digits = '' and places = 0 then '' else '.' || rpad(digits, greatest(length(digits), places), '0') end
    || ' ' || upper(currency)
  from (
    select *, rtrim(split_part((amount / 10::numeric ^ places)::numeric(60, 30)::text, '.', 2), '0') as digits,
      amount / 10::numeric ^ places as scaled
    from (
      select case when currency in ('jpy', 'krw', 'clp', 'xof', 'ugx', 'mga') then 0
        when currency in ('kwd', 'bhd') then 3 else 2 end as places) as currencies) as parts
$$;
create function pg_temp.price_words(scheme text, tiers jsonb, amount bigint, exact numeric, currency text,
  recurring jsonb)
  returns text immutable language sql as
$$
  select case
      when scheme = 'tiered' then 'Starts at '
        || pg_temp.money(coalesce(tiers #>> '{0,unit_amount}', tiers #>> '{0,unit_amount_decimal}')::numeric, currency)
        || ' per unit'
      else pg_temp.money(coalesce(amount, exact), currency)
    end
    || case
      when recurring is null then ''
      when (recurring ->> 'interval_count')::int > 1
        then format(' every %s %ss', recurring ->> 'interval_count', recurring ->> 'interval')
      else '/' || (recurring ->> 'interval')
    end
$$;

create temp table paid as -- every item of every subscription of an organisation
select c.subscriber_id as organization_id, s.id as subscription_id, i.id as item_id, s.status, s.start_date,
  s.billing_cycle_anchor, coalesce(s.current_period_start, n.starts) as current_period_start,
  coalesce(s.current_period_end, n.ends) as current_period_end, coalesce(s.ended_at, s.canceled_at) as over_at,
  p.metadata as price, d.metadata as product, d.metadata ->> 'product_type' as kind,
  s.status in ('active', 'past_due', 'trialing', 'unpaid') as counts
from djstripe_customer c
join djstripe_subscription s on s.customer_id = c.id
join djstripe_subscriptionitem i on i.subscription_id = s.id
join djstripe_price p on p.djstripe_id = i.price_id
join djstripe_product d on d.id = p.product_id
left join item_period n on n.item_id = i.id;

create temp table chosen as -- the latest active plan and the latest active add-on
select distinct on (organization_id, kind) *
from paid where counts and kind in ('plan', 'addon')
order by organization_id, kind, start_date desc nulls last, subscription_id collate "C" desc, item_id collate "C" desc;

create temp table ended as
select organization_id, max(over_at) as anchor from paid where status = 'canceled' and kind = 'plan' group by 1;

create temp table period as
select o.id as organization_id,
  case
    when p.is_known then p.current_period_start
    when p.organization_id is null and e.anchor is not null then pg_temp.months_later(e.anchor, passed.months)
    else date_trunc('month', timestamptz '$now', 'UTC')
  end as starts,
  case
    when p.is_known then p.current_period_end
    when p.organization_id is null and e.anchor is not null then pg_temp.months_later(e.anchor, passed.months + 1)
    else pg_temp.months_later(date_trunc('month', timestamptz '$now', 'UTC'), 1)
  end as ends
from organizations_organization o
left join (
  select *, billing_cycle_anchor is not null and current_period_start <= current_period_end as is_known
  from chosen) as p
  on p.organization_id = o.id and p.kind = 'plan'
left join ended e on e.organization_id = o.id
left join lateral (
  select min(n) as months from generate_series(0, 240) as n
  where pg_temp.months_later(e.anchor, n + 1) >= timestamptz '$now') as passed on true;

create temp table metric (key text, place int);
insert into metric values ('submission', 1), ('storage_bytes', 2), ('asr_seconds', 3), ('mt_characters', 4),
  ('llm_requests', 5);

create temp table allowance as
with base as (select metadata from djstripe_product where metadata ->> 'default_free_plan' = 'true'),
extra as (
  select a.organization_id, m.key, sum(pg_temp.allowed(a.usage_limits, m.key || '_limit')) as amount
  from stripe_planaddon a join djstripe_charge c on c.id = a.charge_id and not c.refunded, metric m group by 1, 2)
select o.id as organization_id, m.key,
  greatest(of_plan, of_default, of_addon) + coalesce(extra.amount, 0) as allowed,
  case
    when greatest(of_plan, of_default) >= 1e30 and of_plan is null and of_base is null then 'unlimited'
    when extra.amount > 0 and greatest(of_plan, of_default, of_addon) < 1e30 then 'one_time'
    when of_addon > coalesce(of_plan, of_default) then 'plan_and_addon'
    when of_plan is not null then 'plan'
    else 'default_plan'
  end as source
from organizations_organization o
cross join metric m
left join chosen plan on plan.organization_id = o.id and plan.kind = 'plan'
left join chosen addon on addon.organization_id = o.id and addon.kind = 'addon'
left join extra on extra.organization_id = o.id and extra.key = m.key
cross join lateral (
  select coalesce(pg_temp.allowed(plan.price, m.key || '_limit'), pg_temp.allowed(plan.product, m.key || '_limit'))
      as of_plan,
    pg_temp.allowed((select metadata from base), m.key || '_limit') as of_base) as known
cross join lateral (
  select case when of_plan is null then coalesce(of_base, 1e30) end as of_default,
    case when m.key = 'storage_bytes' then coalesce(
      pg_temp.allowed(addon.price, 'storage_bytes_limit'), pg_temp.allowed(addon.product, 'storage_bytes_limit')) end
      as of_addon) as either;

create temp table told as
select organization_id, jsonb_object_agg(key, source) as sources from allowance group by 1;

create temp table effective as -- whose submissions and bytes an organisation shows: its owner's
select w.organization_id, u.user_id
from organizations_organizationowner w join organizations_organizationuser u on u.id = w.organization_user_id;

create temp table stored as
select e.organization_id, b.bytes from effective e join stored_bytes b using (user_id);
create temp table submitted as
select e.organization_id,
  coalesce(sum(s.count) filter (where s.day >= pg_temp.day(timestamptz '$now') - $retention), 0) as within_retention,
  coalesce(sum(s.count) filter (where s.day between pg_temp.day(p.starts) and pg_temp.day(p.ends)), 0) as within_period
from effective e join submissions s using (user_id) join period p using (organization_id) group by 1;

create temp table active as -- what each account itself did, its organisations aside
select a.id as user_id, greatest(a.last_login, d.last_project_activity,
    (max(s.day) filter (where s.count > 0) + time '23:59:59') at time zone 'UTC') as last_activity,
  max(s.day) filter (where s.count > 0) as last_day,
  coalesce(sum(s.count) filter (where s.day > today - 7 and s.day <= today), 0) as of_7_days,
  coalesce(sum(s.count) filter (where s.day > today - 30 and s.day <= today), 0) as of_30_days,
  coalesce(sum(s.count) filter (where s.day > today - 60 and s.day <= today - 30), 0) as of_30_before,
  (select jsonb_agg((select coalesce(sum(c), 0) from unnest(array_agg(s.day), array_agg(s.count)) as one (d, c)
      where d > today - 7 * (n + 1) and d <= today - 7 * n) order by n desc)
    from generate_series(0, 11) as n) as by_week
from auth_user a left join hub_extrauserdetail d on d.user_id = a.id
cross join (select pg_temp.day(timestamptz '$now') as today) as clock
left join submissions s on s.user_id = a.id and s.day >= today - $retention
group by a.id, a.last_login, d.last_project_activity, today;

create temp table spoken as
select user_id, sum(total_asr_seconds) as asr, sum(total_mt_characters) as mt, sum(total_llm_requests) as llm
from trackers_nlpusagecounter group by 1;
create temp table spoken_now as
select u.user_id, u.organization_id, sum(total_asr_seconds) as asr, sum(total_mt_characters) as mt,
  sum(total_llm_requests) as llm
from organizations_organizationuser u join period p using (organization_id)
join trackers_nlpusagecounter t on t.user_id = u.user_id and t.date between pg_temp.day(p.starts) and
  pg_temp.day(p.ends)
group by 1, 2;

create temp table spoken_weeks as -- the oldest first
select user_id, array_agg(asr order by n desc) as asr, array_agg(mt order by n desc) as mt,
  array_agg(llm order by n desc) as llm
from (
  select u.user_id, n, sum(coalesce(total_asr_seconds, 0)) as asr, sum(coalesce(total_mt_characters, 0)) as mt,
    sum(coalesce(total_llm_requests, 0)) as llm
  from (select distinct user_id from trackers_nlpusagecounter) as u cross join generate_series(0, 11) as n
  left join trackers_nlpusagecounter t on t.user_id = u.user_id
    and t.date > pg_temp.day(timestamptz '$now') - 7 * (n + 1) and t.date <= pg_temp.day(timestamptz '$now') - 7 * n
  group by 1, 2) as summed
group by 1;

create temp table subscribed as
select c.subscriber_id as organization_id, jsonb_agg(jsonb_build_object(
  'items', coalesce((
    select jsonb_agg(jsonb_build_object('id', i.id, 'quantity', i.quantity, 'price',
      case when p.id is not null then jsonb_build_object('id', p.id, 'nickname', p.nickname, 'currency', p.currency,
        'type', p.type, 'recurring', p.recurring, 'unit_amount', p.unit_amount,
        'human_readable_price', pg_temp.price_words(p.billing_scheme, p.tiers, p.unit_amount,
          p.unit_amount_decimal, p.currency, p.recurring), 'metadata', p.metadata,
        'active', p.active, 'transform_quantity', p.transform_quantity, 'product', jsonb_build_object('id', d.id,
          'name', d.name, 'description', d.description, 'type', d.type, 'metadata', d.metadata)) end) order by i.id)
    from djstripe_subscriptionitem i left join djstripe_price p on p.djstripe_id = i.price_id
    left join djstripe_product d on d.id = p.product_id where i.subscription_id = s.id), '[]'),
  'default_tax_rates', coalesce((
    select jsonb_agg(t.rate order by t.place) from taxed t where t.subscription_id = s.id), '[]'),
  'schedule', s.schedule_id::text, 'djstripe_created', pg_temp.offset_of(s.djstripe_created),
  'djstripe_updated', pg_temp.offset_of(s.djstripe_updated), 'id', s.id, 'livemode', s.livemode,
  'created', pg_temp.offset_of(s.created), 'metadata', s.metadata, 'description', s.description,
  'application_fee_percent', s.application_fee_percent,
  'billing_cycle_anchor', pg_temp.offset_of(s.billing_cycle_anchor),
  'billing_thresholds', s.billing_thresholds, 'cancel_at', pg_temp.offset_of(s.cancel_at),
  'cancel_at_period_end', s.cancel_at_period_end,
  'canceled_at', pg_temp.offset_of(s.canceled_at)) || jsonb_build_object(
  'collection_method', s.collection_method, 'current_period_start', pg_temp.offset_of(shown.starts),
  'current_period_end', pg_temp.offset_of(shown.ends), 'days_until_due', s.days_until_due,
  'discount', s.discount, 'ended_at', pg_temp.offset_of(s.ended_at),
  'next_pending_invoice_item_invoice', pg_temp.offset_of(s.next_pending_invoice_item_invoice),
  'pause_collection', s.pause_collection, 'pending_invoice_item_interval', s.pending_invoice_item_interval,
  'pending_update', s.pending_update, 'proration_behavior', s.proration_behavior,
  'proration_date', pg_temp.offset_of(s.proration_date), 'quantity', s.quantity,
  'start_date', pg_temp.offset_of(s.start_date),
  'status', s.status, 'trial_end', pg_temp.offset_of(s.trial_end), 'trial_start', pg_temp.offset_of(s.trial_start),
  'djstripe_owner_account', s.djstripe_owner_account_id, 'customer', s.customer_id,
  'default_payment_method', s.default_payment_method_id, 'default_source', s.default_source_id,
  'latest_invoice', s.latest_invoice_id, 'pending_setup_intent', s.pending_setup_intent_id, 'plan', s.plan_id::text)
  order by s.created, s.id collate "C") as list
from djstripe_customer c join djstripe_subscription s on s.customer_id = c.id
left join lateral ( -- the subscription's own period, else its plan item's, else its first item's
  select coalesce(s.current_period_start, plan.starts, first.starts) as starts,
    coalesce(s.current_period_end, plan.ends, first.ends) as ends
  from (select 1) as one
  left join lateral (
    select n.* from djstripe_subscriptionitem i join djstripe_price p on p.djstripe_id = i.price_id
    join djstripe_product d on d.id = p.product_id and d.metadata ->> 'product_type' = 'plan'
    left join item_period n on n.item_id = i.id
    where i.subscription_id = s.id order by i.id collate "C" desc limit 1) as plan on true
  left join lateral (
    select n.* from djstripe_subscriptionitem i left join item_period n on n.item_id = i.id
    where i.subscription_id = s.id order by i.id collate "C" limit 1) as first on true) as shown on true
where c.subscriber_id is not null group by 1;

create temp table balances as
select u.user_id, u.organization_id, jsonb_object_agg(a.key, pg_temp.balance(
  case a.key
    when 'submission' then coalesce(n.within_period, 0)
    when 'storage_bytes' then coalesce(b.bytes, 0)
    when 'asr_seconds' then coalesce(t.asr, 0)
    when 'mt_characters' then coalesce(t.mt, 0)
    else coalesce(t.llm, 0)
  end, a.allowed)) as balances
from organizations_organizationuser u
join allowance a using (organization_id)
left join submitted n using (organization_id)
left join stored b using (organization_id)
left join spoken_now t on t.user_id = u.user_id and t.organization_id = u.organization_id
group by 1, 2;

create temp table forecasts as
select u.user_id, u.organization_id, jsonb_object_agg(a.key, case
  when a.key = 'storage_bytes' then pg_temp.stored_forecast(coalesce(b.bytes, 0), a.allowed)
  else pg_temp.forecast(
    case a.key when 'submission' then coalesce(n.within_period, 0) when 'asr_seconds' then coalesce(t.asr, 0)
      when 'mt_characters' then coalesce(t.mt, 0) else coalesce(t.llm, 0) end,
    a.allowed,
    case a.key when 'submission' then of_owner.weeks when 'asr_seconds' then w.asr when 'mt_characters' then w.mt
      else w.llm end,
    p.ends, pg_temp.day(timestamptz '$now')) end) as forecasts
from organizations_organizationuser u
join allowance a using (organization_id)
join period p using (organization_id)
left join submitted n using (organization_id)
left join stored b using (organization_id)
left join spoken_now t on t.user_id = u.user_id and t.organization_id = u.organization_id
left join spoken_weeks w on w.user_id = u.user_id
left join lateral (
  select (
    select array_agg(v::numeric order by i) from jsonb_array_elements_text(act.by_week) with ordinality as e (v, i)
  ) as weeks
  from effective e join active act using (user_id) where e.organization_id = u.organization_id limit 1
) as of_owner on true
group by 1, 2;

create temp table expected as
select a.id as user_id, o.id as organization_id, jsonb_build_object(
  'user_uid', d.uid, 'username', a.username, 'first_name', a.first_name, 'last_name', a.last_name, 'email', a.email,
  'is_superuser', a.is_superuser, 'is_staff', a.is_staff, 'is_active', a.is_active,
  'date_joined', pg_temp.zulu(a.date_joined), 'last_login', pg_temp.zulu(a.last_login),
  'validated_email', exists (select from account_emailaddress e where e.user_id = a.id and e.verified and e.primary),
  'mfa_is_active', exists (select from accounts_mfa_mfamethodswrapper m where m.user_id = a.id and m.is_active),
  'sso_is_active', exists (select from socialaccount_socialaccount s where s.user_id = a.id),
  'accepted_tos', coalesce(d.private_data ? 'last_tos_accept_time', false),
  'social_accounts', coalesce((
    select jsonb_agg(jsonb_build_object('id', s.id, 'provider', s.provider, 'uid', s.uid) order by s.id)
    from socialaccount_socialaccount s where s.user_id = a.id), '[]'),
  'organization', case when o.id is not null then jsonb_build_object('name', o.name, 'uid', o.id, 'website', o.website,
    'role', case
      when exists (select from organizations_organizationowner w where w.organization_user_id = u.id) then 'owner'
      when u.is_admin then 'admin' else 'member' end) end,
  'extra_details', jsonb_build_object('data', d.data - 'done_storage_limits_check',
    'date_removed', pg_temp.zulu(d.date_removed), 'validated_password', coalesce(d.validated_password, false),
    'password_date_changed', pg_temp.zulu(d.password_date_changed),
    'date_removal_requested', pg_temp.zulu(d.date_removal_requested)),
  'subscriptions', coalesce(sub.list, '[]'),
  'service_usage', jsonb_build_object(
    'total_nlp_usage', jsonb_build_object(
      'asr_seconds_current_period', coalesce(tn.asr, 0), 'mt_characters_current_period', coalesce(tn.mt, 0),
      'llm_requests_current_period', coalesce(tn.llm, 0), 'asr_seconds_all_time', coalesce(t.asr, 0),
      'mt_characters_all_time', coalesce(t.mt, 0), 'llm_requests_all_time', coalesce(t.llm, 0)),
    'total_storage_bytes', coalesce(sb.bytes, 0),
    'total_submission_count', jsonb_build_object('retention_days', $retention,
      'cumulative', coalesce(sc.within_retention, 0), 'current_period', coalesce(sc.within_period, 0)),
    'balances', coalesce(b.balances, (select jsonb_object_agg(key, pg_temp.balance(0, null)) from metric)),
    'current_period_start', pg_temp.offset_of(p.starts), 'current_period_end', pg_temp.offset_of(p.ends)),
  'account_restricted', exists (
    select from jsonb_each(b.balances) as each (metric, balance) where balance -> 'exceeded' = 'true'),
  'asset_count', (select count(*) from kpi_asset k where k.owner_id = a.id and not k.pending_delete),
  'active_project_count', (
    select count(*) from kpi_asset k where k.owner_id = a.id and not k.pending_delete and k._deployment_status =
      'deployed'),
  'last_updated', pg_temp.zulu(timestamptz '$now'),
  'limit_sources', told.sources,
  'activity', jsonb_build_object(
    'last_activity', pg_temp.zulu(act.last_activity),
    'inactive_days', greatest(0, floor(
      extract(epoch from timestamptz '$now' - coalesce(act.last_activity, a.date_joined)) / 86400)),
    'last_submission_date', to_char(act.last_day, 'YYYY-MM-DD"T00:00:00Z"'),
    'submissions_last_7_days', act.of_7_days, 'submissions_last_30_days', act.of_30_days,
    'submissions_by_week', act.by_week, 'submissions_suspended', own.suspended)) || jsonb_build_object(
  'trend', jsonb_build_object('storage_bytes_7_days', null, 'storage_bytes_30_days', null,
    'submissions_7_days_before', act.by_week -> 10,
    'submissions_percent', floor(100.0 * act.of_30_days / nullif(act.of_30_before, 0) + 0.5)),
  'forecast', coalesce(f.forecasts, (select jsonb_object_agg(key, pg_temp.stored_forecast(0, null)) from metric)))
  as document
from auth_user a
left join hub_extrauserdetail d on d.user_id = a.id
left join organizations_organizationuser u on u.user_id = a.id
left join organizations_organization o on o.id = u.organization_id
left join period p on p.organization_id = o.id
left join subscribed sub on sub.organization_id = o.id
left join stored sb on sb.organization_id = o.id
left join submitted sc on sc.organization_id = o.id
left join spoken t on t.user_id = a.id
left join spoken_now tn on tn.user_id = a.id and tn.organization_id = o.id
left join balances b on b.user_id = a.id and b.organization_id = o.id
join active act on act.user_id = a.id
left join told on told.organization_id = o.id
left join forecasts f on f.user_id = a.id and f.organization_id = o.id
left join stored_bytes own on own.user_id = a.id
where a.id <> -1;
