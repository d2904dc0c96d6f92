using DuckDB.NET.Data;
using UserReports.Store.DuckDb.Native;

namespace UserReports.Store.DuckDb.Generations;

/// <summary>The tables beside the base of a generation: what changed since its run completed.</summary>
/// <remarks>
/// Nothing is ever deleted from the base, so its rows keep their numbers, and reading it costs what it did. A row of it
/// that is no more is named in <c>replaced_rows</c>. To copy it instead, with all its columns, out of wherever it lies
/// in them, took a second and a half for two hundred.
/// </remarks>
internal static class ChangeTables
{
    /// <summary>Rows as they are now.</summary>
    public const string Changed = "changed_reports";

    /// <summary>Makes them, and the view of all rows as they are now.</summary>
    public static string Create { get; } =
        $"""
            {ReportColumns.CreateTable(Changed)};
            create table replaced_rows (document BIGINT not null);
            create view live_reports as
                select * from reports where document not in (select document from replaced_rows)
                union all select * from {Changed};
            """;

    /// <summary>Writes changed rows anew, without the room that those take which changed again.</summary>
    public static void Rewrite(DuckDBConnection connection)
    {
        connection.Execute(ReportColumns.CreateTable("changed_again"));
        connection.Execute($"insert into changed_again select * from {Changed} order by document");
        connection.Execute($"drop table {Changed}");
        connection.Execute($"alter table changed_again rename to {Changed}");
    }
}
