using DuckDB.NET.Data;
using UserReports.Store.DuckDb.Lists;

namespace UserReports.Store.DuckDb.Generations;

/// <summary>
/// One piece of work on a generation's database, with a connection of its own. As long as there is any, the database
/// is neither opened anew nor closed.
/// </summary>
internal sealed class GenerationUse(DuckDBConnection database, ListConditions lists, Action leave) : IDisposable
{
    private Action? leave = leave;

    public DuckDBConnection Database => database;

    /// <summary>What the function <c>list_matches</c> of this database finds its conditions in.</summary>
    public ListConditions Lists => lists;

    public void Dispose()
    {
        database.Dispose();
        Interlocked.Exchange(ref leave, null)?.Invoke();
    }
}
