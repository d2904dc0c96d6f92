using DuckDB.NET.Data;
using UserReports.Store.DuckDb.Dialect;
using UserReports.Store.DuckDb.Generations;
using UserReports.Store.DuckDb.Lists;

namespace UserReports.Store.DuckDb.Reading;

/// <summary>
/// What reads one state of a generation, for one caller: a transaction, which begins with the first statement. Until
/// then nothing is asked of the database.
/// </summary>
internal sealed class ReadTransaction(Generation generation, CancellationToken cancellationToken)
    : StatementReading(cancellationToken)
{
    private GenerationUse? use;
    private GenerationFigures? figures;

    public Generation Generation => generation;

    /// <summary>Whether it has begun, and so sees one state.</summary>
    public bool IsOpen => use is not null;

    /// <inheritdoc/>
    public override DuckDBConnection Database => Open().Database;

    /// <inheritdoc/>
    protected override ListConditions Lists => Open().Lists;

    /// <inheritdoc/>
    public override SnapshotInfo Snapshot
    {
        get
        {
            Open();
            return generation.Describe(figures!.Version, figures.Rows, figures.Changed);
        }
    }

    /// <summary>The version that is read.</summary>
    public long Version
    {
        get
        {
            Open();
            return figures!.Version;
        }
    }

    /// <inheritdoc/>
    public override DuckDbStatements Statements
    {
        get
        {
            Open();
            return figures!.HasChanges ? DuckDbStatements.Live : DuckDbStatements.Unchanged;
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => use?.Dispose();

    private GenerationUse Open()
    {
        if (use is not null)
            return use;
        var opened = generation.Connect(CancellationToken);
        try
        {
            // Count and page see one state, whatever is replaced in between; the first read fixes it.
            opened.Database.Execute("begin transaction");
            figures = GenerationDatabase.ReadFigures(opened.Database);
        }
        catch
        {
            opened.Dispose();
            throw;
        }

        return use = opened;
    }
}
