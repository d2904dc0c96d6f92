-- A workspace of the first layout (2026-11-29), as `sqlite3 workspace.db .dump` writes it. Frozen: never to be changed.
create table "__EFMigrationsHistory" (
    "MigrationId" text not null constraint "PK___EFMigrationsHistory" primary key, "ProductVersion" text not null);
insert into "__EFMigrationsHistory" values ('20261129164808_Following', '10.0.15');
create table "dirty" (
    "source" TEXT not null, "kind" INTEGER not null, "name" TEXT not null, "first_sequence" INTEGER not null,
    "sequence" INTEGER not null, "lsn" INTEGER not null, "first_commit" INTEGER not null, "last_commit" INTEGER not null,
    constraint "PK_dirty" primary key ("source", "kind", "name"));
insert into "dirty" values ('platform', 0, '7', 3, 3, 0, 1796040000000000, 1796040000000000);
create table feed_key (
    table_id integer not null, row_key text not null, account integer, organization text,
    constraint "PK_feed_key" primary key (table_id, row_key)) without rowid;
create table "feed_key_table" (
    "id" INTEGER not null constraint "PK_feed_key_table" primary key, "name" TEXT not null, "is_filled" INTEGER not null);
create table "feed_position" ("feed" TEXT not null constraint "PK_feed_position" primary key, "position" TEXT not null);
insert into "feed_position" values ('platform', '0/16B3748');
create table "published_accuracy" (
    "id" INTEGER not null constraint "PK_published_accuracy" primary key, "sampled_at" INTEGER not null,
    "sampled_rows" INTEGER not null, "differing_rows" INTEGER not null, "fields" TEXT not null);
create table "requested_run" (
    "source" TEXT not null, "reason" TEXT not null, "asked_at" INTEGER not null, "lsn" INTEGER not null,
    "readable_since" INTEGER null, constraint "PK_requested_run" primary key ("source", "reason"));
create index "dirty_first_sequence" on "dirty" ("first_sequence");
create unique index "feed_key_table_name" on "feed_key_table" ("name");
