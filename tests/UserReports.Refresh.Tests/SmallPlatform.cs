using System.Collections.Concurrent;
using DuckDB.NET.Data;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Refresh.OwnLimits;
using UserReports.Sources;
using UserReports.Sources.Counting;
using UserReports.Sources.Generating;
using UserReports.Sources.Reading;
using UserReports.Store.DuckDb;
using UserReports.Workspace;

namespace UserReports.Refresh.Tests;

/// <summary>A generated platform on the embedded engine, and a real store, in a folder of their own.</summary>
internal sealed class SmallPlatform : IAsyncDisposable
{
    public static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    private static readonly string[] Databases = ["platform", "usage"];

    private static readonly ConcurrentDictionary<(int Accounts, bool WithStripe), Lazy<Task<string>>> Made = [];

    private readonly string folder = Directory.CreateTempSubdirectory("user-reports-refresh-").FullName;

    private SmallPlatform() { }

    public FakeTimeProvider Time { get; } = new(Now);

    public RecordedLog<RefreshEngine> Log { get; } = new();

    public ReportSource Source { get; private set; } = null!;

    public DuckDbStore Store { get; private set; } = null!;

    public WorkspaceDatabase Workspace { get; private set; } = null!;

    /// <summary>One worker and many small ranges: what stops a pass can then be placed exactly.</summary>
    public RefreshSettings Settings { get; set; } =
        new()
        {
            AccountsPerRange = 50,
            Workers = 1,
            CommitRows = 1,
            Backoff = TimeSpan.Zero,
        };

    public static async Task<SmallPlatform> CreateAsync(int accounts = 500, bool withStripe = true)
    {
        var platform = new SmallPlatform();
        var made = await Made.GetOrAdd(
            (accounts, withStripe),
            key => new(() => MakeAsync(key.Accounts, key.WithStripe))
        ).Value;
        foreach (var database in Databases)
            File.Copy(FileOf(made, database), FileOf(platform.folder, database));
        platform.Source = new(new(platform.Connection("platform"), platform.Connection("usage")), platform.Time);
        platform.OpenStore();
        platform.OpenWorkspace();
        return platform;
    }

    public RefreshEngine Engine(
        IReportSource? source = null,
        RefreshSettings? settings = null,
        TimeProvider? time = null
    ) => new(source ?? Source, Store, settings ?? Settings, Limits(source), 366, time ?? Time, Log);

    /// <summary>The operator's own limits; none without <see cref="LimitsPath"/>.</summary>
    public CurrentLimits Limits(IReportSource? source = null) =>
        new(LimitsPath, source ?? Source, Time, NullLogger<CurrentLimits>.Instance);

    public string? LimitsPath { get; set; }

    public async Task<RefreshOutcome> RunAsync(IReportSource? source = null)
    {
        using var engine = Engine(source);
        return await engine.RunAsync(null, default);
    }

    public async Task ReopenStoreAsync()
    {
        await Store.DisposeAsync();
        OpenStore();
    }

    public async Task ReopenWorkspaceAsync()
    {
        await Workspace.DisposeAsync();
        OpenWorkspace();
    }

    /// <summary>Changes a source database as the platform would.</summary>
    public void Change(string database, string sql)
    {
        using var connection = new DuckDBConnection(Connection(database));
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>The first value of a question to a source database.</summary>
    public object? Ask(string database, string sql)
    {
        using var connection = new DuckDBConnection(Connection(database));
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    /// <summary>Every document, in the order of the accounts.</summary>
    public async Task<IReadOnlyList<string>> DocumentsAsync(string q = "")
    {
        var query = QueryCompiler.Compile(q, "username").Query!;
        var page = await Store.Reader.FindAsync(query, new(100_000), default);
        return [.. page.Documents.Select(d => System.Text.Encoding.UTF8.GetString(d.Span))];
    }

    public async ValueTask DisposeAsync()
    {
        await Workspace.DisposeAsync();
        await Store.DisposeAsync();
        await Source.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private void OpenWorkspace() =>
        Workspace = new($"Data Source={Path.Combine(folder, "store", "workspace.db")}", Time);

    private void OpenStore() =>
        Store = DuckDbStore.Open(
            new(Path.Combine(folder, "store", "reports.duckdb")) { Threads = 2 },
            Time,
            NullLogger<DuckDbStore>.Instance
        );

    private string Connection(string database) => ConnectionTo(folder, database);

    /// <summary>Generates a platform that others are copies of.</summary>
    private static async Task<string> MakeAsync(int accounts, bool withStripe)
    {
        var made = Directory.CreateTempSubdirectory("user-reports-made-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(made, recursive: true);
        await SourceGenerator.GenerateAsync(
            ConnectionTo(made, "platform"),
            ConnectionTo(made, "usage"),
            new(accounts, Now) { WithStripe = withStripe },
            null,
            default
        );
        return made;
    }

    private static string ConnectionTo(string folder, string database) => $"Data Source={FileOf(folder, database)}";

    private static string FileOf(string folder, string database) => Path.Combine(folder, database + ".duckdb");
}

/// <summary>
/// A real source that does something else at certain ranges first, or after reading them: fail, stop, wait.
/// </summary>
internal sealed class InterruptedSource(
    IReportSource inner,
    Func<AccountRange, CancellationToken, Task> before,
    Func<AccountRange, CancellationToken, Task>? after = null
) : IReportSource
{
    /// <summary>What happens before single accounts are read.</summary>
    public Action<IReadOnlyCollection<long>> BeforeAccounts { get; init; } = _ => { };

    public Task<SourceInspection> InspectAsync(CancellationToken cancellationToken) =>
        inner.InspectAsync(cancellationToken);

    public Task BeginRunAsync(CancellationToken cancellationToken) => inner.BeginRunAsync(cancellationToken);

    public Task<IReadOnlyList<CutRange>> CutRangesAsync(int accountsPerRange, CancellationToken cancellationToken) =>
        inner.CutRangesAsync(accountsPerRange, cancellationToken);

    public Task<IReadOnlyList<CutRange>> CutAsync(
        AccountRange range,
        int accountsPerPart,
        CancellationToken cancellationToken
    ) => inner.CutAsync(range, accountsPerPart, cancellationToken);

    public async Task<SourceBatch> ReadRangeAsync(
        AccountRange range,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        await before(range, cancellationToken);
        var batch = await inner.ReadRangeAsync(range, now, cancellationToken);
        if (after is not null)
            await after(range, cancellationToken);
        return batch;
    }

    public Task<SourceBatch> ReadAccountsAsync(
        IReadOnlyCollection<long> accountIds,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        BeforeAccounts(accountIds);
        return inner.ReadAccountsAsync(accountIds, now, cancellationToken);
    }

    public Task<DailySubmissions> ReadSubmissionsAsync(
        long accountId,
        string? organizationId,
        DateOnly today,
        CancellationToken cancellationToken
    ) => inner.ReadSubmissionsAsync(accountId, organizationId, today, cancellationToken);

    public Task<KnownNames> FindNamesAsync(
        IReadOnlyCollection<string> usernames,
        IReadOnlyCollection<string> organizationIds,
        CancellationToken cancellationToken
    ) => inner.FindNamesAsync(usernames, organizationIds, cancellationToken);

    public Task<IReadOnlyList<long>> MembersAsync(
        IReadOnlyCollection<long> ownerIds,
        IReadOnlyCollection<string> organizationIds,
        CancellationToken cancellationToken
    ) => inner.MembersAsync(ownerIds, organizationIds, cancellationToken);

    public Task<IReadOnlyList<string>> UsernamesNearAsync(
        string username,
        int max,
        CancellationToken cancellationToken
    ) => inner.UsernamesNearAsync(username, max, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
