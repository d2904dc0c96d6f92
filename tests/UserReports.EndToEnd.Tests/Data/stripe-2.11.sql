-- dj-stripe 2.11 with Stripe's API of 2025-03-31: the period stands on each item, in the item's own row, or in the
-- list of
-- items within the subscription where the item was not synchronised since; on a few nowhere.
update djstripe_subscription s set stripe_data = s.stripe_data - 'current_period_start' - 'current_period_end'
  || jsonb_build_object('items', jsonb_build_object('object', 'list', 'data', (
    select jsonb_agg(jsonb_build_object('id', i.id) || case when i.djstripe_id % 7 = 0 then '{}' else
      jsonb_build_object('current_period_start', (s.stripe_data -> 'current_period_start')::bigint - i.djstripe_id % 3
        * 86400,
        'current_period_end', (s.stripe_data -> 'current_period_end')::bigint + i.djstripe_id % 5 * 86400) end)
    from djstripe_subscriptionitem i where i.subscription_id = s.id)));
update djstripe_subscriptionitem i set stripe_data = i.stripe_data || (
  select item - 'id' from djstripe_subscription s, jsonb_array_elements(s.stripe_data -> 'items' -> 'data') as item
  where s.id = i.subscription_id and item ->> 'id' = i.id)
where djstripe_id % 2 = 0;
