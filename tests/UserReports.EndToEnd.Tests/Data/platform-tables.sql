-- The platform's tables as far as a report reads them, with some columns beside that it must not stumble over.
create table auth_user (
  id int primary key, username varchar(150) not null unique, password varchar(128) not null,
  first_name varchar(150) not null, last_name varchar(150) not null, email varchar(254) not null,
  is_superuser bool not null, is_staff bool not null, is_active bool not null,
  date_joined timestamptz not null, last_login timestamptz);
create table authtoken_token (
  key varchar(40) primary key, user_id int not null unique references auth_user, created timestamptz not null);
create table hub_extrauserdetail (
  id int generated always as identity primary key, user_id int not null unique references auth_user,
  uid varchar(32) not null, data jsonb not null, private_data jsonb not null, validated_password bool not null,
  date_removal_requested timestamptz, date_removed timestamptz, password_date_changed timestamptz,
  last_project_activity timestamptz);
create table account_emailaddress (
  id int generated always as identity primary key, user_id int not null references auth_user,
  email varchar(254) not null, verified bool not null, "primary" bool not null);
create table accounts_mfa_mfamethodswrapper (
  id int generated always as identity primary key, user_id int not null references auth_user,
  name varchar(255) not null, secret varchar(255) not null, is_active bool not null);
create table mfa_authenticator (
  id int generated always as identity primary key, user_id int not null references auth_user,
  type varchar(20) not null, data jsonb not null);
create table socialaccount_socialaccount (
  id int primary key, user_id int not null references auth_user, provider varchar(200) not null,
    uid varchar(191) not null);
create table organizations_organization (
  id varchar(32) primary key, name varchar(200) not null, slug varchar(200) not null, website varchar(255) not null,
  organization_type varchar(20) not null, mmo_override bool not null, is_active bool not null);
create table organizations_organizationuser (
  id int primary key, user_id int not null references auth_user, is_admin bool not null,
  organization_id varchar(32) not null references organizations_organization, unique (user_id, organization_id));
create table organizations_organizationowner (
  id int generated always as identity primary key,
  organization_id varchar(32) not null unique references organizations_organization,
  organization_user_id int not null unique references organizations_organizationuser);
create table kpi_asset (
  id int generated always as identity primary key, owner_id int references auth_user, name varchar(255) not null,
  _deployment_status varchar(8), pending_delete bool not null);
create table trackers_nlpusagecounter (
  id int generated always as identity primary key, user_id int not null references auth_user, asset_id int,
  date date not null, total_asr_seconds int not null, total_mt_characters int not null,
    total_llm_requests int not null);

-- dj-stripe's tables as its versions up to 2.8 make them, as far as they are read; stripe-2.9.sql and later turn them
-- into
-- what later versions make.
create table djstripe_customer (
  djstripe_id bigint generated always as identity primary key, id varchar(255) not null unique,
  subscriber_id varchar(32) references organizations_organization, metadata jsonb);
create table djstripe_product (
  djstripe_id bigint generated always as identity primary key, id varchar(255) not null unique,
  name text not null, description text, type varchar(255) not null, metadata jsonb, active bool);
create table djstripe_price (
  djstripe_id bigint primary key, id varchar(255) not null unique,
  product_id varchar(255) not null references djstripe_product (id), nickname varchar(250) not null,
  currency varchar(3) not null, type varchar(255) not null, recurring jsonb, unit_amount bigint, metadata jsonb,
  active bool not null, transform_quantity jsonb, unit_amount_decimal numeric(24, 12),
  billing_scheme varchar(255) not null default 'per_unit', tiers jsonb, tiers_mode varchar(255));
create table djstripe_subscription (
  djstripe_id bigint primary key, id varchar(255) not null unique,
  customer_id varchar(255) not null references djstripe_customer (id), status varchar(255) not null,
  djstripe_created timestamptz not null, djstripe_updated timestamptz not null, created timestamptz, livemode bool,
  metadata jsonb, description text, application_fee_percent numeric(5, 2), billing_cycle_anchor timestamptz,
  billing_thresholds jsonb, cancel_at timestamptz, cancel_at_period_end bool not null, canceled_at timestamptz,
  collection_method varchar(255) not null, current_period_start timestamptz not null,
  current_period_end timestamptz not null, days_until_due int, discount jsonb, ended_at timestamptz,
  next_pending_invoice_item_invoice timestamptz, pause_collection jsonb, pending_invoice_item_interval jsonb,
  pending_update jsonb, proration_behavior varchar(255) not null, proration_date timestamptz, quantity int,
  start_date timestamptz, trial_start timestamptz, trial_end timestamptz, schedule_id bigint,
  djstripe_owner_account_id varchar(255), default_payment_method_id varchar(255), default_source_id varchar(255),
  latest_invoice_id varchar(255), pending_setup_intent_id varchar(255), plan_id bigint);
create table djstripe_subscriptionitem (
  djstripe_id bigint generated always as identity primary key, id varchar(255) not null unique,
  subscription_id varchar(255) not null references djstripe_subscription (id),
  price_id bigint references djstripe_price, quantity int);
create table djstripe_taxrate (
  djstripe_id bigint primary key, id varchar(255) unique, active bool not null, country varchar(2) not null,
  description text, display_name varchar(50) not null, inclusive bool not null, jurisdiction varchar(50) not null,
  percentage numeric(7, 4) not null, state varchar(2) not null, tax_type varchar(50) not null);
create table djstripe_djstripesubscriptiondefaulttaxrate (
  id bigint generated always as identity primary key, subscription_id bigint not null references djstripe_subscription,
  taxrate_id bigint not null references djstripe_taxrate);
create table djstripe_charge (
  djstripe_id bigint generated always as identity primary key, id varchar(255) unique, refunded bool not null);
create table stripe_planaddon (
  id varchar(27) primary key, organization_id varchar(32) references organizations_organization,
  usage_limits jsonb not null, charge_id varchar(255) references djstripe_charge (id));

create index on organizations_organizationuser (organization_id);
create index on account_emailaddress (user_id);
create index on accounts_mfa_mfamethodswrapper (user_id);
create index on socialaccount_socialaccount (user_id);
create index on kpi_asset (owner_id);
create index on trackers_nlpusagecounter (user_id, date);
create index on djstripe_customer (subscriber_id);
create index on djstripe_subscription (customer_id);
create index on djstripe_subscriptionitem (subscription_id);
create index on djstripe_djstripesubscriptiondefaulttaxrate (subscription_id);
create index on stripe_planaddon (organization_id);
