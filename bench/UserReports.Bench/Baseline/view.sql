-- The rows of the report as a materialized view keeps them:
-- flags, texts and instants as columns, what is nested as JSONB.
-- expected is the view that the independent computation of the tests becomes here.
create materialized view report as
select user_id || '-' || coalesce(organization_id, 'orgnone') as id, user_id, organization_id,
  document ->> 'user_uid' as user_uid, document ->> 'username' as username, document ->> 'first_name' as first_name,
  document ->> 'last_name' as last_name, document ->> 'email' as email,
  (document ->> 'is_superuser')::bool as is_superuser, (document ->> 'is_staff')::bool as is_staff,
  (document ->> 'is_active')::bool as is_active, (document ->> 'date_joined')::timestamptz as date_joined,
  (document ->> 'last_login')::timestamptz as last_login, (document ->> 'validated_email')::bool as validated_email,
  (document ->> 'mfa_is_active')::bool as mfa_is_active, (document ->> 'sso_is_active')::bool as sso_is_active,
  (document ->> 'accepted_tos')::bool as accepted_tos, document -> 'social_accounts' as social_accounts,
  document -> 'organization' as organization, document -> 'extra_details' as extra_details,
  document -> 'subscriptions' as subscriptions, document -> 'service_usage' as service_usage,
  (document ->> 'account_restricted')::bool as account_restricted, (document ->> 'asset_count')::int as asset_count,
  (document ->> 'active_project_count')::int as active_project_count,
  (document #>> '{service_usage,current_period_start}')::timestamptz as current_period_start,
  (document #>> '{service_usage,current_period_end}')::timestamptz as current_period_end,
  (document ->> 'last_updated')::timestamptz as last_updated
from (select * from expected offset 0) as once; -- otherwise the document is built once per column
create unique index on report (id);
create unique index on report (user_id, organization_id) where organization_id is not null;
analyze report;
