insert into djstripe_product (id, name, description, type, metadata, active) values
  ('prod_base', 'Base', 'For everyone', 'service', '{"product_type": "plan", "default_free_plan": "true",
    "submission_limit": 700, "storage_bytes_limit": "900000000", "asr_seconds_limit": "1200",
    "mt_characters_limit": "lots"}', true),
  ('prod_plus', 'Plus – größer', null, 'service', '{"product_type": "plan", "submission_limit": "2500",
    "storage_bytes_limit": "5000000000", "asr_seconds_limit": 0, "llm_requests_limit": "40"}', true),
  ('prod_max', 'Max', 'No limits', 'service', '{"product_type": "plan", "submission_limit": "unlimited",
    "storage_bytes_limit": "unlimited", "asr_seconds_limit": "unlimited", "mt_characters_limit": "unlimited",
    "llm_requests_limit": "0"}', true),
  ('prod_space', 'Space', 'More room', 'service',
    '{"product_type": "addon", "storage_bytes_limit": "3000000000", "submission_limit": "1"}', true),
  ('prod_visit', 'Visit', 'Training', 'service', '{"product_type": "service"}', false),
  ('prod_bare', 'Bare', '', 'good', null, null);

insert into djstripe_price values
  (1, 'price_plus_month', 'prod_plus', 'monthly', 'usd', 'recurring', '{"interval": "month", "interval_count": 1}',
    4900, '{}',
    true, null),
  (2, 'price_plus_quarter', 'prod_plus', '', 'eur', 'recurring', '{"interval": "month", "interval_count": 3}', 1234567,
    '{"submission_limit": "9000", "note": "a \"b\""}', true, null),
  (3, 'price_max_year', 'prod_max', '', 'jpy', 'recurring', '{"interval": "year", "interval_count": 1}', 980000, null,
    true, null),
  (4, 'price_space', 'prod_space', 'room', 'usd', 'recurring', '{"interval": "month", "interval_count": 1}', 50,
    '{"storage_bytes_limit": "7000000000"}', true, '{"round": "up", "divide_by": 10}'),
  (5, 'price_space_small', 'prod_space', '', 'usd', 'recurring', '{"interval": "month", "interval_count": 1}', null,
    '{"storage_bytes_limit": "1000"}', false, null),
  (6, 'price_visit', 'prod_visit', 'once', 'usd', 'one_time', null, 5000, '{"submission_limit": "5"}', true, null),
  (7, 'price_base', 'prod_base', '', 'usd', 'recurring', '{"interval": "month", "interval_count": 1}', 0, '{}', true,
    null),
  (8, 'price_bare', 'prod_bare', '', 'usd', 'one_time', null, 100, '[]', true, null);

insert into djstripe_price (djstripe_id, id, product_id, nickname, currency, type, recurring, active,
  unit_amount_decimal,
  billing_scheme, tiers)
values
  (9, 'price_tiered', 'prod_plus', '', 'usd', 'recurring', '{"interval": "month", "interval_count": 2}', true, null,
    'tiered', '[{"up_to": 10, "unit_amount": 1500, "flat_amount": 300}, {"up_to": null, "unit_amount": 900}]'),
  (10, 'price_tiers_unknown', 'prod_plus', '', 'usd', 'recurring', '{"interval": "day"}', true, null, 'tiered', null),
  (11, 'price_fraction', 'prod_visit', '', 'eur', 'recurring', '{"interval": "week"}', true, 10.5, 'per_unit', null),
  (12, 'price_tiny_tier', 'prod_space', '', 'jpy', 'recurring', '{"interval": "year", "interval_count": 1}', true, null,
    'tiered', '[{"up_to": null, "unit_amount": null, "unit_amount_decimal": "0.25"}]');

insert into djstripe_taxrate values
  (71, 'txr_a', true, 'DE', 'Mehrwertsteuer', 'MwSt.', false, 'Germany', 19.0000, '', 'vat'),
  (72, 'txr_b', false, 'US', null, 'Sales', true, 'CA', 7.2500, 'CA', 'sales_tax');

-- One organisation in six is a customer, some twice; a customer of nobody; customers without subscriptions.
insert into djstripe_customer (id, subscriber_id, metadata)
select 'cus_' || number || '_' || n, id, case when n = 1 then '{}'::jsonb end
from organization, generate_series(1, 2) as n where pg_temp.chance(made_by, 'customer') < 1700 / (n * n * n);
insert into djstripe_customer (id) values ('cus_nobody');

create temp table draft as
select c.id as customer, n, 100 * o.made_by + 10 * right(c.id, 1)::int + n as key,
  pg_temp.chance(10 * o.made_by + n + right(c.id, 1)::int, 'kind') as kind
from djstripe_customer c join organization o on o.id = c.subscriber_id, generate_series(1, 3) as n
where pg_temp.chance(o.made_by, 'subscriptions' || c.id) < 9500 / n;

insert into djstripe_subscription
select key, 'sub_' || md5('s' || key), customer,
  (array['active', 'active', 'active', 'past_due', 'trialing', 'unpaid', 'canceled', 'canceled', 'canceled',
    'incomplete',
    'incomplete_expired', 'paused'])[1 + kind % 12],
  timestamptz '2025-02-03 04:05:06Z', timestamptz '2026-11-05 06:07:08.9Z',
  timestamptz '2024-12-31 23:59:59Z' + make_interval(hours => kind % 3), kind % 2 = 0,
  jsonb_build_object('kept', kind, 'by', jsonb_build_object('deep', jsonb_build_array(kind, null, 'x'))),
  case when kind % 5 = 0 then 'For "us" \ and them' end, case when kind % 4 = 0 then 2.50 end,
  -- Without an anchor the calendar month counts; it was made so for some active plans.
  case when kind % 11 = 0 then null else timestamptz '2025-03-05 10:00Z' end,
  case when kind % 6 = 0 then '{"amount_gte": 100}'::jsonb end,
  case when kind % 9 = 0 then timestamptz '2027-01-01Z' end, kind % 9 = 0,
  case when kind % 12 between 6 and 8 then timestamptz '2026-08-31 08:00Z' - make_interval(days => kind % 190) end,
  case when kind % 7 = 0 then 'send_invoice' else 'charge_automatically' end,
  -- Some pay for three years: their period begins before the retention of submissions does.
  timestamptz '2026-11-05 10:00Z'
    - make_interval(years => case when kind % 8 = 3 then 3 else 0 end, days => kind % 20, hours => kind % 24),
  timestamptz '2026-12-05 10:00Z' - make_interval(days => kind % 11, hours => kind % 24),
  case when kind % 7 = 0 then 30 end, case when kind % 8 = 0 then '{"coupon": {"percent_off": 12.5}}'::jsonb end,
  -- Canceled without an end: then canceled_at counts; with both, ended_at does, whatever canceled_at says.
  case when kind % 12 between 6 and 7 then timestamptz '2026-10-31 16:00Z' - make_interval(days => kind % 400) end,
  null, case when kind % 12 = 11 then '{"behavior": "void"}'::jsonb end, null, null,
  case when kind % 2 = 0 then 'none' else 'create_prorations' end, null, 1 + kind % 3,
  -- The same start twice for some: then the id decides. No start at all for others: then it is the oldest.
  case when kind % 10 = 0 then null else timestamptz '2025-01-05Z' + make_interval(days => kind % 4) end,
  case when kind % 12 = 4 then timestamptz '2026-11-01Z' end, case when kind % 12 = 4 then timestamptz '2026-12-01Z'
    end,
  case when kind % 13 = 0 then key end, 'acct_1', case when kind % 3 = 0 then 'pm_' || key end, null,
  'in_' || key, null, case when kind % 3 = 1 then key end
from draft;

insert into djstripe_subscriptionitem (id, subscription_id, price_id, quantity)
select 'si_' || key, 'sub_' || md5('s' || key),
  case when kind % 17 = 0 then null else (array[1, 1, 2, 3, 4, 5, 6, 7, 8])[1 + kind % 9] end, kind % 4
from draft where kind % 23 <> 0
union all
select 'si_' || key || '_more', 'sub_' || md5('s' || key), (array[4, 2, 5])[1 + kind % 3],
  null from draft where kind % 5 = 1
union all
select 'si_' || key || '_odd', 'sub_' || md5('s' || key), 9 + kind % 4, 2 from draft where kind % 19 < 4;

insert into djstripe_djstripesubscriptiondefaulttaxrate (subscription_id, taxrate_id)
select key, rate from draft, unnest(array[71, 72]) as rate where kind % 14 = 0 or (kind % 14 = 1 and rate = 72);

insert into djstripe_charge (id, refunded) select 'ch_' || made_by, made_by % 4 = 0 from organization where number % 12
  = 0;
insert into stripe_planaddon
select 'pa_' || made_by || '_' || n, id,
  case n when 1 then '{"asr_seconds_limit": 10000, "mt_characters_limit": "250"}' else '{"submission_limit": 33}'
    end::jsonb,
  case when number % 36 = 0 and n = 2 then null else 'ch_' || made_by end
from organization, generate_series(1, 2) as n where number % 12 = 0;
analyze;
