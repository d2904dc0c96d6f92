using System.Data.Common;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using DuckDB.NET.Data;
using Npgsql;
using UserReports.Sources.Load;

namespace UserReports.Sources.Connections;

/// <summary>
/// One of the two source databases: PostgreSQL or an embedded file. The statements that run on it are the same.
/// </summary>
public sealed class SourceDatabase : IAsyncDisposable
{
    private readonly PostgresPool? postgres;
    private readonly string? embedded;
    private readonly string where;
    private readonly SemaphoreSlim connections;
    private readonly SemaphoreSlim runs;
    private readonly SourceLoad? load;
    private readonly ReplicaWatch? replica;
    private DuckDBConnection? root;

    private SourceDatabase(string name, string connectionString, SourceSettings settings, SourceLoad? load)
    {
        Name = name;
        StatementTimeout = settings.StatementTimeout;
        connections = new(settings.ConnectionsMax);
        runs = new(Math.Max(1, settings.ConnectionsMax - 1));
        if (EmbeddedPath(connectionString) is { } path)
        {
            embedded = $"Data Source={path}";
            where = path;
            return;
        }

        this.load = load;
        replica = load is null ? null : new(load, settings.ReplicaLagMax, load.Time);
        try
        {
            postgres = new(connectionString, settings);
        }
        catch (ArgumentException e)
        {
            throw new SourceException($"The connection string of the {name} database is not valid: {e.Message}", e);
        }

        var server = postgres.Settings;
        where = $"{server.Host}:{server.Port.ToString(CultureInfo.InvariantCulture)}/{server.Database}";
    }

    /// <summary><c>platform</c> or <c>usage</c>.</summary>
    public string Name { get; }

    /// <summary>True for an embedded file.</summary>
    public bool IsEmbedded => embedded is not null;

    /// <summary>False while the sources have been kept busy for their share of the budget: a poll is left
    /// out.</summary>
    public bool MayPoll => load?.Budget.TryEnter() ?? true;

    /// <summary>How long one statement may take.</summary>
    internal TimeSpan StatementTimeout { get; }

    /// <summary>Statements that the connection string wants prepared by themselves; null if it does not say.</summary>
    internal int? AutoPrepare =>
        postgres is not null && postgres.Settings.ShouldSerialize("Max Auto Prepare")
            ? postgres.Settings.MaxAutoPrepare
            : null;

    /// <summary>How the connection is protected; null for an embedded file.</summary>
    internal ConnectionProtection? Protection =>
        postgres is null ? null : new ConnectionProtection(postgres.Settings, postgres.HasShakenHands);

    /// <summary>Makes the database known; nothing is opened yet.</summary>
    /// <param name="load">What reading is counted in and bounded by; null to do neither. Not for an embedded file, which
    /// is nobody else's.</param>
    /// <exception cref="SourceException">The connection string is not valid.</exception>
    public static SourceDatabase Create(
        string name,
        string connectionString,
        SourceSettings settings,
        SourceLoad? load = null
    ) => new(name, connectionString, settings, load);

    /// <summary>The file of <c>Data Source=FILE</c>, or null for any other connection string.</summary>
    public static string? EmbeddedPath(string connectionString)
    {
        const string Prefix = "Data Source=";
        return connectionString.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            ? connectionString[Prefix.Length..].Trim().TrimEnd(';')
            : null;
    }

    /// <summary>
    /// As <see cref="ReadAsync"/>, for work that can wait: one connection is always left to those who only want to sign
    /// in, and a run waits for its share of the budget.
    /// </summary>
    /// <inheritdoc cref="ReadAsync"/>
    public async Task<T> ReadForRunAsync<T>(
        SourceWork work,
        Func<SourceSession, Task<T>> read,
        CancellationToken cancellationToken
    )
    {
        if (work == SourceWork.Run && load is not null)
        {
            if (replica is { IsDue: true })
                await replica.LookAsync(this, cancellationToken);
            await load.Budget.WaitAsync(cancellationToken);
        }

        await runs.WaitAsync(cancellationToken);
        try
        {
            return await ReadAsync(work, read, cancellationToken);
        }
        finally
        {
            runs.Release();
        }
    }

    /// <summary>Does a piece of reading within one snapshot of the database.</summary>
    /// <param name="work">What it is counted as.</param>
    /// <exception cref="SourceException">The database could not be reached, refused, or took too long.</exception>
    public async Task<T> ReadAsync<T>(
        SourceWork work,
        Func<SourceSession, Task<T>> read,
        CancellationToken cancellationToken
    )
    {
        await connections.WaitAsync(cancellationToken);
        var meter = new SourceMeter(load, Name, work);
        try
        {
            await using var connection = await OpenAsync(cancellationToken);
            // PostgreSQL's begins with the first question, and what is left of it ends as the connection is given back.
            await using var transaction = postgres is null
                ? await connection.BeginTransactionAsync(cancellationToken)
                : null;
            return await read(new(connection, IsEmbedded, OpeningOf(connection), meter));
        }
        catch (Exception e)
        {
            // After a batch that could not be sent whole the driver takes statements for prepared that the server has
            // never seen: connections are closed once they are free.
            postgres?.Clear();
            if (!IsOfTheDatabase(e))
                throw;
            cancellationToken.ThrowIfCancellationRequested();
            throw await ExplainAsync(e);
        }
        finally
        {
            meter.End();
            connections.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (postgres is not null)
            await postgres.DisposeAsync();
        root?.Dispose();
        connections.Dispose();
        runs.Dispose();
    }

    private static bool IsOfTheDatabase(Exception e) =>
        e
            is DbException
                or SocketException
                or IOException
                or TimeoutException
                or InvalidCastException
                or CryptographicException
                or OverflowException;

    /// <summary>What begins a transaction on the connection.</summary>
    private IReadOnlyList<string> OpeningOf(DbConnection connection) =>
        (postgres, connection) switch
        {
            (null, _) => [],
            // A database that does not know what its text is in sends it as it is only to those who do not ask for
            // UTF-8: to others one byte that is none is an error.
            ({ } pool, NpgsqlConnection { PostgresParameters: var known })
                when known.GetValueOrDefault("server_encoding") == "SQL_ASCII" =>
            [
                .. pool.Opening,
                "set local client_encoding to 'SQL_ASCII'",
            ],
            ({ } pool, _) => pool.Opening,
        };

    private async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        if (postgres is not null)
            return await postgres.OpenAsync(cancellationToken);

        if (!File.Exists(where))
            throw new SourceException($"The {Name} database {where} does not exist; `generate` or `demo` makes one.");
        lock (connections)
        {
            // One connection stays open, so that the file is not opened anew for every piece of reading.
            if (root is null)
            {
                root = new(embedded!);
                root.Open();
            }
        }

        var connection = new DuckDBConnection(embedded!);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    /// <summary>The tables of the statement that failed.</summary>
    private static string TablesOf(PostgresException e) =>
        string.Join(
            ", ",
            Regex
                .Matches(e.BatchCommand?.CommandText ?? "", @"\b(?:from|join)\s+([a-z_]{5,})")
                .Select(table => table.Groups[1].Value)
                .Distinct()
        );

    private async Task<SourceException> ExplainAsync(Exception e) =>
        postgres is not null && await TlsDiagnosis.FindAsync(postgres.Settings, e) is { } failed
            ? new($"The {Name} database ({where}) cannot be reached safely: {failed}", e, isTransient: true)
            : Explain(e);

    private SourceException Explain(Exception e) =>
        e switch
        {
            PostgresException { SqlState: PostgresErrorCodes.QueryCanceled } => new(
                $"The {Name} database ({where}) did not answer within the statement timeout.",
                e,
                isTransient: true
            ),
            PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } p => new(
                $"The {Name} database ({where}) refuses to read: {p.MessageText}. Grant SELECT to the role.",
                e
            ),
            PostgresException { SqlState: PostgresErrorCodes.InvalidPassword } => new(
                $"The {Name} database ({where}) refuses the role or its password.",
                e
            ),
            PostgresException { SqlState: PostgresErrorCodes.InvalidAuthorizationSpecification } p => new(
                $"The {Name} database ({where}) refuses the connection: {p.MessageText}.",
                e
            ),
            PostgresException { SqlState: "3D000" } => new($"There is no {Name} database at {where}.", e),
            PostgresException { SqlState: PostgresErrorCodes.UntranslatableCharacter } p => new(
                $"The {Name} database ({where}) holds bytes that its own encoding does not know: {p.MessageText} "
                    + $"({p.SqlState}), in {TablesOf(p)}. They must be corrected there.",
                e
            ),
            PostgresException p => new(
                $"The {Name} database ({where}) answers with an error: {p.MessageText} ({p.SqlState}).",
                e,
                p.IsTransient
                    || p.SqlState.StartsWith("57", StringComparison.Ordinal)
                    || p.SqlState.StartsWith("08", StringComparison.Ordinal)
            ),
            CryptographicException => new(
                $"A certificate that the connection string of the {Name} database names cannot be read: {e.Message}",
                e
            ),
            NpgsqlException or SocketException or TimeoutException or IOException => new(
                $"The {Name} database ({where}) cannot be reached: {e.GetBaseException().Message}.",
                e,
                isTransient: true
            ),
            DuckDBException d when d.Message.Contains("set lock on file", StringComparison.Ordinal) => new(
                $"The {Name} database ({where}) is in use by another process; a running demo holds its own.",
                e,
                isTransient: true
            ),
            _ => new($"The {Name} database ({where}) cannot be read: {e.Message.Split('\n')[0]}", e),
        };
}
