-- What the second layout (2026-11-30) has beyond the first. Frozen: never to be changed.
insert into "__EFMigrationsHistory" values ('20261130155347_Sharing', '10.0.15');
create table "counter" ("name" TEXT not null constraint "PK_counter" primary key, "value" INTEGER not null);
insert into "counter" values ('dirty', 3);
create table "installation_key" (
    "name" TEXT not null constraint "PK_installation_key" primary key, "content" TEXT not null);
insert into "installation_key" values ('pseudonyms', 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=');
create table "leader_request" (
    "name" TEXT not null constraint "PK_leader_request" primary key, "asked" INTEGER not null, "served" INTEGER not null);
create table "lease" (
    "name" TEXT not null constraint "PK_lease" primary key, "holder" TEXT not null, "token" INTEGER not null,
    "since_at" INTEGER not null, "until_at" INTEGER not null);
create table "ring_key" ("name" TEXT not null constraint "PK_ring_key" primary key, "content" TEXT not null);
insert into "ring_key" values ('key-1', '<key id="1" version="1" />');
create table "saved_view" (
    "id" TEXT not null constraint "PK_saved_view" primary key, "owner" INTEGER not null, "owner_name" TEXT not null,
    "name" TEXT not null, "folded_name" TEXT not null, "address" TEXT not null, "is_shared" INTEGER not null,
    "is_start" INTEGER not null, "saved_at" INTEGER not null);
insert into "saved_view" values (
    '6b1d8f0e-5a51-4c8e-9c55-0a7d6c3f2b11', 100, 'root', 'Over the limit', 'over the limit',
    '/?q=account_restricted%3Atrue', 1, 1, 1793527200000000);
create table "session" (
    "id" TEXT not null constraint "PK_session" primary key, "account" INTEGER not null, "started_at" INTEGER not null,
    "started_from" TEXT null, "browser" TEXT null, "last_used_at" INTEGER not null, "last_used_from" TEXT null,
    "ends_at" INTEGER not null);
insert into "session" values (
    '0123abcd', 100, 1795165200000000, '192.0.2.1', 'a browser', 1795172400000000, null, 1795208400000000);
create table "session_network" (
    "account" INTEGER not null, "network" TEXT not null, "sequence" INTEGER not null,
    constraint "PK_session_network" primary key ("account", "network"));
insert into "session_network" values (100, '192.0.2.1', 1);
create table "taken_file" ("digest" TEXT not null constraint "PK_taken_file" primary key, "name" TEXT not null);
create table "used_code" ("account" INTEGER not null constraint "PK_used_code" primary key, "step" INTEGER not null);
insert into "used_code" values (100, 59839000);
create unique index "saved_view_owner_name" on "saved_view" ("owner", "folded_name");
create index "session_account" on "session" ("account");
