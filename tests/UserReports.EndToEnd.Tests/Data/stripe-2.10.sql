-- dj-stripe 2.10: most columns are gone; the object that Stripe sent has what they had, as Stripe writes it. So are the
-- links to tax rates, and the plan's and the schedule's numbers.
create function pg_temp.seconds(t timestamptz) returns bigint immutable language sql as
$$ select extract(epoch from t)::bigint $$;

update djstripe_subscription s set stripe_data =
  jsonb_build_object('object', 'subscription', 'id', id, 'customer', customer_id, 'status', status,
    'description', description, 'application_fee_percent', application_fee_percent,
    'billing_cycle_anchor', pg_temp.seconds(billing_cycle_anchor), 'billing_thresholds', billing_thresholds,
    'cancel_at', pg_temp.seconds(cancel_at), 'cancel_at_period_end', cancel_at_period_end,
    'canceled_at', pg_temp.seconds(canceled_at), 'collection_method', collection_method,
    'current_period_start', pg_temp.seconds(current_period_start),
    'current_period_end', pg_temp.seconds(current_period_end), 'days_until_due', days_until_due,
    'ended_at', pg_temp.seconds(ended_at), 'pause_collection', pause_collection, 'quantity', quantity,
    'start_date', pg_temp.seconds(start_date), 'trial_start', pg_temp.seconds(trial_start),
    'trial_end', pg_temp.seconds(trial_end))
  || jsonb_build_object(
    'schedule', case when schedule_id % 2 = 0 then to_jsonb('sub_sched_' || schedule_id)
      when schedule_id is not null then jsonb_build_object('id', 'sub_sched_' || schedule_id, 'status', 'active') end,
    'plan', case when plan_id is not null then jsonb_build_object('id', 'plan_' || plan_id, 'amount', 1) end,
    'default_payment_method', case when djstripe_id % 4 = 0 then to_jsonb(default_payment_method_id)
      when default_payment_method_id is not null then jsonb_build_object('id', default_payment_method_id) end,
    'latest_invoice', latest_invoice_id, 'default_source', default_source_id,
    'default_tax_rates', coalesce((
      select jsonb_agg(case when t.djstripe_id = 72 and s.djstripe_id % 3 = 0 then to_jsonb(t.id)
        else to_jsonb(t) - 'djstripe_id' - 'stripe_data' end)
      from djstripe_djstripesubscriptiondefaulttaxrate l join djstripe_taxrate t on t.djstripe_id = l.taxrate_id
      where l.subscription_id = s.djstripe_id), '[]'))
  -- One discount up to Stripe's API of 2024, then a list of them, of objects or of ids.
  || case when discount is null then '{"discounts": []}'
    when djstripe_id % 3 = 0 then jsonb_build_object('discount', discount)
    when djstripe_id % 3 = 1 then jsonb_build_object('discount', null, 'discounts', jsonb_build_array(discount))
    else '{"discounts": ["di_1", "di_2"]}' end;
update djstripe_subscriptionitem set stripe_data = jsonb_build_object('id', id, 'quantity', quantity);
update djstripe_price set stripe_data = jsonb_build_object('type', type, 'recurring', recurring, 'unit_amount',
  unit_amount,
  'unit_amount_decimal', coalesce(unit_amount_decimal::text, unit_amount::text), 'billing_scheme', billing_scheme,
  'transform_quantity', transform_quantity) || coalesce(jsonb_build_object('tiers', tiers), '{}');
update djstripe_product set stripe_data = jsonb_build_object('description', description, 'type', type);
update djstripe_taxrate set stripe_data = to_jsonb(djstripe_taxrate) - 'djstripe_id' - 'stripe_data';
update djstripe_charge set stripe_data = jsonb_build_object('refunded', refunded);

drop table djstripe_djstripesubscriptiondefaulttaxrate;
alter table djstripe_subscription drop status, drop description, drop application_fee_percent, drop
  billing_cycle_anchor,
  drop billing_thresholds, drop cancel_at, drop cancel_at_period_end, drop canceled_at, drop collection_method,
  drop current_period_start, drop current_period_end, drop days_until_due, drop discount, drop ended_at,
  drop next_pending_invoice_item_invoice, drop pause_collection, drop pending_invoice_item_interval, drop
    pending_update,
  drop proration_behavior, drop proration_date, drop quantity, drop start_date, drop trial_start, drop trial_end,
  drop schedule_id, drop default_payment_method_id, drop default_source_id, drop latest_invoice_id,
  drop pending_setup_intent_id, drop plan_id;
alter table djstripe_subscriptionitem drop quantity;
alter table djstripe_price drop type, drop recurring, drop unit_amount, drop transform_quantity, drop
  unit_amount_decimal,
  drop billing_scheme, drop tiers, drop tiers_mode;
alter table djstripe_product drop description, drop type;
alter table djstripe_taxrate drop active, drop country, drop description, drop display_name, drop inclusive,
  drop jurisdiction, drop percentage, drop state, drop tax_type;
alter table djstripe_charge drop refunded;
