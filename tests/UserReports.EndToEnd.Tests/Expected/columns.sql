-- What report.sql needs of dj-stripe up to 2.9, beside its columns: no item has a period, and links say the tax rates.
create temp table item_period (item_id text, starts timestamptz, ends timestamptz);
create temp table taxed as
select s.id as subscription_id, t.djstripe_id as place, jsonb_build_object('id', t.id, 'djstripe_id', t.djstripe_id,
  'description', t.description, 'display_name', t.display_name, 'inclusive', t.inclusive, 'jurisdiction',
    t.jurisdiction,
  'percentage', t.percentage, 'tax_type', t.tax_type, 'active', t.active, 'country', t.country, 'state', t.state) as
    rate
from djstripe_subscription s join djstripe_djstripesubscriptiondefaulttaxrate l on l.subscription_id = s.djstripe_id
join djstripe_taxrate t on t.djstripe_id = l.taxrate_id;
