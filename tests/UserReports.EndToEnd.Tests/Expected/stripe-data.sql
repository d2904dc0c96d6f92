-- Makes dj-stripe's tables of 2.10 and later what report.sql reads, by temporary tables of the same names.
create function pg_temp.at(j jsonb) returns timestamptz immutable language sql as
$$ select to_timestamp((j #>> '{}')::numeric) $$;
create function pg_temp.id_of(j jsonb) returns text immutable language sql as
$$ select case jsonb_typeof(j) when 'object' then j ->> 'id' else j #>> '{}' end $$;
create function pg_temp.something(j jsonb) returns jsonb immutable language sql as
$$ select case when j not in ('null', '[]') then j end $$;

create temp table djstripe_subscription as
select s.djstripe_id, s.id, s.customer_id, s.djstripe_created, s.djstripe_updated, s.created, s.livemode, s.metadata,
  s.djstripe_owner_account_id, d ->> 'status' as status, d ->> 'description' as description,
  (d ->> 'application_fee_percent')::numeric as application_fee_percent,
  pg_temp.at(d -> 'billing_cycle_anchor') as billing_cycle_anchor,
  pg_temp.something(d -> 'billing_thresholds') as billing_thresholds, pg_temp.at(d -> 'cancel_at') as cancel_at,
  (d ->> 'cancel_at_period_end')::bool as cancel_at_period_end, pg_temp.at(d -> 'canceled_at') as canceled_at,
  d ->> 'collection_method' as collection_method, pg_temp.at(d -> 'current_period_start') as current_period_start,
  pg_temp.at(d -> 'current_period_end') as current_period_end, (d ->> 'days_until_due')::int as days_until_due,
  coalesce(pg_temp.something(d -> 'discount'), pg_temp.something(d -> 'discounts')) as discount,
  pg_temp.at(d -> 'ended_at') as ended_at,
  pg_temp.at(d -> 'next_pending_invoice_item_invoice') as next_pending_invoice_item_invoice,
  pg_temp.something(d -> 'pause_collection') as pause_collection,
  pg_temp.something(d -> 'pending_invoice_item_interval') as pending_invoice_item_interval,
  pg_temp.something(d -> 'pending_update') as pending_update, d ->> 'proration_behavior' as proration_behavior,
  pg_temp.at(d -> 'proration_date') as proration_date, (d ->> 'quantity')::int as quantity,
  pg_temp.at(d -> 'start_date') as start_date, pg_temp.at(d -> 'trial_start') as trial_start,
  pg_temp.at(d -> 'trial_end') as trial_end, pg_temp.id_of(d -> 'schedule') as schedule_id,
  pg_temp.id_of(d -> 'default_payment_method') as default_payment_method_id,
  pg_temp.id_of(d -> 'default_source') as default_source_id, pg_temp.id_of(d -> 'latest_invoice') as latest_invoice_id,
  pg_temp.id_of(d -> 'pending_setup_intent') as pending_setup_intent_id, pg_temp.id_of(d -> 'plan') as plan_id
from public.djstripe_subscription s, lateral (select s.stripe_data as d) as object;

create temp table djstripe_subscriptionitem as
select i.id, i.subscription_id, i.price_id, (i.stripe_data ->> 'quantity')::int as quantity
from public.djstripe_subscriptionitem i;

create temp table item_period as
select i.id as item_id,
  coalesce(pg_temp.at(i.stripe_data -> 'current_period_start'), pg_temp.at(o -> 'current_period_start')) as starts,
  coalesce(pg_temp.at(i.stripe_data -> 'current_period_end'), pg_temp.at(o -> 'current_period_end')) as ends
from public.djstripe_subscriptionitem i join public.djstripe_subscription s on s.id = i.subscription_id
left join lateral (
  select o from jsonb_array_elements(s.stripe_data -> 'items' -> 'data') as o where o ->> 'id' = i.id limit 1) as o on
    true;

create temp table djstripe_price as
select p.djstripe_id, p.id, p.product_id, p.nickname, p.currency, p.active, p.metadata, p.stripe_data ->> 'type' as
  type,
  pg_temp.something(p.stripe_data -> 'recurring') as recurring, (p.stripe_data ->> 'unit_amount')::bigint as
    unit_amount,
  (p.stripe_data ->> 'unit_amount_decimal')::numeric as unit_amount_decimal,
  p.stripe_data ->> 'billing_scheme' as billing_scheme, p.stripe_data -> 'tiers' as tiers,
  pg_temp.something(p.stripe_data -> 'transform_quantity') as transform_quantity
from public.djstripe_price p;

create temp table djstripe_product as
select o.id, o.name, o.metadata, o.stripe_data ->> 'description' as description, o.stripe_data ->> 'type' as type
from public.djstripe_product o;

create temp table djstripe_charge as
select c.id, coalesce((c.stripe_data ->> 'refunded')::bool, false) as refunded from public.djstripe_charge c;

create temp table taxed as
select s.id as subscription_id, named.place, jsonb_build_object('id', pg_temp.id_of(named.r),
  'djstripe_id', t.djstripe_id, 'description', o -> 'description', 'display_name', o -> 'display_name',
  'inclusive', o -> 'inclusive', 'jurisdiction', o -> 'jurisdiction', 'percentage', o -> 'percentage',
  'tax_type', o -> 'tax_type', 'active', o -> 'active', 'country', o -> 'country', 'state', o -> 'state') as rate
from public.djstripe_subscription s
cross join lateral jsonb_array_elements(coalesce(pg_temp.something(s.stripe_data -> 'default_tax_rates'), '[]'))
  with ordinality as named (r, place)
left join public.djstripe_taxrate t on t.id = pg_temp.id_of(named.r)
cross join lateral (select case jsonb_typeof(named.r) when 'object' then named.r else t.stripe_data end as o) as shown;
