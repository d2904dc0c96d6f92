namespace UserReports.Feed.Replication.Servers;

/// <summary>What the server is asked; for PostgreSQL 13 and later.</summary>
internal static class ServerStatements
{
    /// <summary>$1 names of tables.</summary>
    public const string Tables = """
        select c.relname, n.nspname, c.oid, c.relkind, c.relreplident,
            array(
                select a.attname::text from pg_index i
                    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
                where i.indrelid = c.oid
                    and case c.relreplident when 'i' then i.indisreplident else i.indisprimary end
                order by array_position(i.indkey::int2[], a.attnum)
            ),
            array(
                select a.attname::text from pg_attribute a
                where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum
            )
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relname = any($1) and c.relkind in ('r', 'p') and pg_table_is_visible(c.oid)
        """;

    /// <summary>$1 publications. Before PostgreSQL 15 a publication knows neither columns nor filters.</summary>
    public static string Published(int version) =>
        $"""
            select p.pubname, c.oid, c.relname, {(version >= 15 ? "t.attnames::text[]" : "null::text[]")},
                {(
                version >= 15 ? "t.rowfilter is not null" : "false"
            )}, p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate
            from pg_publication p join pg_publication_tables t on t.pubname = p.pubname
                join pg_namespace n on n.nspname = t.schemaname
                join pg_class c on c.relnamespace = n.oid and c.relname = t.tablename
            where p.pubname = any($1) order by 1, 3
            """;

    /// <summary>
    /// $1 slot, $2 publications, $3 tables, $4 columns that are read, as <c>table.column</c>. A page of the log begins
    /// with a header, which a position at its end may or may not count: it is left out.
    /// </summary>
    /// <remarks>
    /// Rows of the catalogue that were written anew have another <c>xmin</c>: a table that left a publication and came
    /// back a moment later is noticed.
    /// </remarks>
    public const string Look = """
        select l.lsn, clock_timestamp(), case when s.slot_name is not null then coalesce(s.plugin, 'none') end, s.database, s.active_pid, s.confirmed_flush_lsn,
            pg_wal_lsn_diff(l.lsn, s.restart_lsn)::bigint, s.wal_status,
            (
                select coalesce(md5(string_agg(concat_ws(':', p.oid, p.xmin, r.oid, r.xmin, r.prrelid), ',' order by p.oid, r.oid)), '')
                from pg_publication p left join pg_publication_rel r on r.prpubid = p.oid where p.pubname = any($2)
            ),
            (
                select coalesce(md5(string_agg(
                    concat_ws(':', c.oid, c.relreplident, a.attnum, a.attname, a.atttypid, a.atttypmod), ',' order by c.oid, a.attnum
                )), '')
                from pg_class c join pg_attribute a on a.attrelid = c.oid
                where c.oid = any($3) and a.attnum > 0 and c.relname || '.' || a.attname = any($4)
            )
        from (
            select case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_insert_lsn() end as lsn
        ) l left join pg_replication_slots s on s.slot_name = $1
        """;

    /// <summary>$1 slot.</summary>
    public const string DropSlot = """
        select pg_drop_replication_slot(slot_name) from pg_replication_slots
        where slot_name = $1 and plugin = 'pgoutput' and database = current_database()
        """;

    /// <summary>What is not yet visible of the transactions $1, numbered as in the log.</summary>
    public const string Hidden = """
        with s as (select pg_current_snapshot() as shot)
        select exists (
            select from s, unnest($1) as x (number)
            where x.number in (select xip::text::bigint & 4294967295 from pg_snapshot_xip(s.shot) as xip)
                or (x.number - (pg_snapshot_xmax(s.shot)::text::bigint & 4294967295)) & 4294967295 < 2147483648
        )
        """;

    /// <summary>$1 slot. A failover slot goes along when a standby is promoted; since PostgreSQL 17.</summary>
    public static string CreateSlot(int version, bool isStandby) =>
        version >= 17 && !isStandby
            ? "select pg_create_logical_replication_slot($1, 'pgoutput', failover => true)"
            : "select pg_create_logical_replication_slot($1, 'pgoutput')";
}
