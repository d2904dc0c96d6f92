-- What one would add to the view to make the questions of the benchmark as fast as they get there.
create extension if not exists pg_trgm;
create index on report using gin (username gin_trgm_ops);
create index on report (email);
create index on report (((service_usage ->> 'total_storage_bytes')::bigint));
create index on report (((service_usage #>> '{balances,submission,balance_value}')::bigint));
create index on report using gin (subscriptions jsonb_path_ops);
create index on report ((extra_details #>> '{data,country}'));
create index on report (username, user_id);
create index on report (date_joined, user_id);
create index on report (last_login, user_id);
analyze report;
