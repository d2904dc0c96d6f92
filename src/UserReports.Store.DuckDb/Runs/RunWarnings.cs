using DuckDB.NET.Data;
using UserReports.Core.Reports;
using UserReports.Store.DuckDb.Generations;

namespace UserReports.Store.DuckDb.Runs;

/// <summary>The warnings of a run: the first are kept in full, all are counted.</summary>
internal static class RunWarnings
{
    /// <summary>Adds those that the run does not know yet; for an open transaction.</summary>
    public static void Add(DuckDBConnection connection, IReadOnlyCollection<DataWarning> warnings)
    {
        if (warnings.Count == 0)
            return;
        var known = connection
            .Rows(
                "select subject, problem from snapshot_warning",
                row => new DataWarning(row.GetString(0), row.GetString(1))
            )
            .ToHashSet();
        var room = Run.WarningsMax - known.Count;
        var added = warnings.Where(known.Add).ToList();
        if (added.Count == 0)
            return;
        // One statement each, however many there are: on some platforms every account is odd in the same way.
        connection.Execute("update snapshot_run set warning_count = warning_count + $1", added.Count);
        using var appender = connection.CreateAppender("snapshot_warning");
        foreach (var warning in added.Take(room))
            appender.CreateRow().AppendValue(warning.Subject).AppendValue(warning.Problem).EndRow();
    }
}
