-- dj-stripe 2.9: the object that Stripe sent, beside all columns, on the rows that were synchronised since. The columns
-- count, whatever it says.
alter table djstripe_customer add stripe_data jsonb not null default '{}';
alter table djstripe_product add stripe_data jsonb not null default '{}';
alter table djstripe_price add stripe_data jsonb not null default '{}';
alter table djstripe_subscription add stripe_data jsonb not null default '{}';
alter table djstripe_subscriptionitem add stripe_data jsonb not null default '{}';
alter table djstripe_taxrate add stripe_data jsonb not null default '{}';
alter table djstripe_charge add stripe_data jsonb not null default '{}';
update djstripe_subscription set stripe_data = jsonb_build_object('status', 'unpaid', 'quantity', 99, 'schedule',
  'other',
  'current_period_start', 1, 'plan', jsonb_build_object('id', 'other'), 'discounts', jsonb_build_array('di_other'),
  'default_tax_rates', jsonb_build_array(jsonb_build_object('id', 'txr_other')))
where djstripe_id % 2 = 0;
update djstripe_subscriptionitem set stripe_data = '{"quantity": 99, "current_period_start": 1}';
update djstripe_price set stripe_data = '{"unit_amount": 1, "billing_scheme": "tiered"}';
update djstripe_product set stripe_data = '{"description": "other", "metadata": {"product_type": "other"}}';
