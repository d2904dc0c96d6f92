using System.Globalization;
using System.Runtime.CompilerServices;
using UserReports.Sources.Connections;
using UserReports.Sources.Load;
using UserReports.Sources.Schema;

namespace UserReports.Sources.Touching;

/// <summary>Asks a source whom rows touch, by their keys.</summary>
/// <param name="database">
/// The database itself, not a replica of it: what was told a moment ago must be found.
/// </param>
public sealed class TouchReader(SourceDatabase database)
{
    private const int RowsAtOnce = 50_000;
    private const int KeysAtOnce = 10_000;

    private SourceCatalogue? catalogue;

    /// <summary>Looks at the tables and columns anew: after a change of the platform.</summary>
    /// <exception cref="SourceException">The database cannot be read.</exception>
    public async Task LookAsync(CancellationToken cancellationToken) =>
        catalogue = await database.ReadAsync(
            SourceWork.Feed,
            session => SourceCatalogue.ReadAsync(session, cancellationToken),
            cancellationToken
        );

    /// <summary>True if rows of the table can be asked for by this column.</summary>
    public bool CanAsk(TableTouch touch, string key) => catalogue is not null && StatementsOf(touch, key).CanAsk;

    /// <summary>Whom the rows with these keys touch, one entry for each pair of row and what it touches.</summary>
    /// <param name="key">The column that is the table's key.</param>
    /// <param name="max">The answer ends with so many entries.</param>
    /// <exception cref="SourceException">The database cannot be read.</exception>
    public async Task<IReadOnlyList<TouchedRow>> FindAsync(
        TableTouch touch,
        string key,
        IReadOnlyCollection<string> keys,
        int max,
        CancellationToken cancellationToken
    )
    {
        var statements = StatementsOf(touch, key);
        List<TouchedRow> found = [];
        foreach (var some in keys.Chunk(KeysAtOnce))
        {
            if (found.Count >= max)
                break;
            await database.ReadAsync(
                SourceWork.Feed,
                async session =>
                {
                    await session.ReadAsync(
                        statements.ByKeys,
                        row => found.Add(Read(row)),
                        cancellationToken,
                        statements.HasNumbers ? session.List(some.Select(Number)) : session.List(some),
                        (long)(max - found.Count)
                    );
                    return true;
                },
                cancellationToken
            );
        }

        return found;
    }

    /// <summary>Every row of the table, page by page, each page in a snapshot of its own.</summary>
    /// <param name="key">The column that is the table's key.</param>
    /// <exception cref="SourceException">The database cannot be read.</exception>
    public async IAsyncEnumerable<TouchedRow> AllAsync(
        TableTouch touch,
        string key,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var statements = StatementsOf(touch, key);
        string? last = null;
        List<TouchedRow> page;
        do
        {
            page = [];
            await database.ReadForRunAsync(
                SourceWork.Feed,
                async session =>
                {
                    await session.ReadAsync(
                        last is null ? statements.FirstPage(RowsAtOnce) : statements.Page(RowsAtOnce),
                        row => page.Add(Read(row)),
                        cancellationToken,
                        last is null ? []
                            : statements.HasNumbers ? [Number(last)]
                            : [last]
                    );
                    return true;
                },
                cancellationToken
            );
            foreach (var row in page)
                yield return row;
            last = page.LastOrDefault()?.Key;
        } while (page.Count == RowsAtOnce);
    }

    private TouchStatements StatementsOf(TableTouch touch, string key) => new(catalogue!, touch, key);

    private static TouchedRow Read(SourceRow row) =>
        new(
            row.Text(0),
            row.TextOrNull(1) is { } account
            && long.TryParse(account, NumberStyles.Integer, CultureInfo.InvariantCulture, out var id)
                ? id
                : null,
            row.TextOrNull(2)
        );

    private static long Number(string key) => long.Parse(key, CultureInfo.InvariantCulture);
}

/// <summary>Whom a row touches.</summary>
/// <param name="Key">As text.</param>
/// <param name="Account">Null if the row names none.</param>
/// <param name="Organization">Null if the row leads to none.</param>
public sealed record TouchedRow(string Key, long? Account, string? Organization);
