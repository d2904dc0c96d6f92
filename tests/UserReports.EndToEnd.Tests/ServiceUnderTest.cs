using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using UserReports.Core.Query;
using UserReports.Refresh;
using UserReports.Refresh.History;
using UserReports.Refresh.OwnLimits;
using UserReports.Sources;
using UserReports.Sources.Identities;
using UserReports.Sources.Reading;
using UserReports.Store;
using UserReports.Store.DuckDb;

namespace UserReports.EndToEnd.Tests;

/// <summary>The whole path from two source databases to answers, at one instant.</summary>
internal sealed class ServiceUnderTest : IAsyncDisposable
{
    /// <summary>The instant of every run, unless a test moves on.</summary>
    public static readonly DateTimeOffset Start = new(2026, 11, 23, 12, 34, 56, 789, TimeSpan.Zero);

    public const int RetentionDays = 366;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("user-reports-end-to-end-");
    private readonly SetClock time = new(Start);
    private readonly ReportSource source;
    private readonly DuckDbStore store;
    private readonly RefreshEngine refresh;

    /// <param name="sources">Null for the databases as they are.</param>
    /// <param name="limits">The operator's file of limits; null for none.</param>
    /// <param name="pass">Null for ranges of which each test has several.</param>
    public ServiceUnderTest(
        PlatformDatabases databases,
        SourceSettings? sources = null,
        RefreshSettings? pass = null,
        ILogger<RefreshEngine>? log = null,
        string? limits = null
    )
    {
        source = new(
            (sources ?? new(databases.Platform, databases.Usage)) with
            {
                RetentionDays = RetentionDays,
            },
            time
        );
        store = DuckDbStore.Open(
            new(Path.Combine(folder.FullName, "reports.duckdb")),
            time,
            NullLogger<DuckDbStore>.Instance
        );
        refresh = new(
            source,
            store,
            pass ?? new() { AccountsPerRange = 3000, CommitRows = 7000 },
            new(limits, source, time, NullLogger<CurrentLimits>.Instance),
            RetentionDays,
            time,
            log ?? NullLogger<RefreshEngine>.Instance
        );
    }

    public DateTimeOffset Now => time.Now;

    public void Advance(TimeSpan by) => time.Now += by;

    /// <summary>One full pass.</summary>
    public async Task<Run> RefreshAsync(CancellationToken cancellationToken)
    {
        var outcome = await refresh.RunAsync(progress: null, cancellationToken);
        Assert.True(outcome.IsCompleted);
        return outcome.Run;
    }

    /// <summary>What follows the first pass of a day.</summary>
    public Task KeepDayAsync(CancellationToken cancellationToken) =>
        new HistoryKeeper(store, new(), time, NullLogger<HistoryKeeper>.Instance).KeepAsync(cancellationToken);

    /// <summary>One pass, however it ends.</summary>
    public Task<RefreshOutcome> TryRefreshAsync(CancellationToken cancellationToken) =>
        refresh.RunAsync(progress: null, cancellationToken);

    /// <summary>Who signs in meanwhile, over the same few connections.</summary>
    public IIdentitySource Identities => new IdentitySource(source.Platform);

    /// <summary>Every document as text, in the order of the usernames.</summary>
    public async Task<IReadOnlyList<string>> TextsAsync(CancellationToken cancellationToken)
    {
        var (_, documents) = await AskAsync("", cancellationToken);
        return [.. documents.Select(document => document.GetRawText()).Order(StringComparer.Ordinal)];
    }

    /// <summary>Some accounts alone, in place.</summary>
    public Task RefreshAsync(IReadOnlyCollection<long> accountIds, CancellationToken cancellationToken) =>
        refresh.RefreshAccountsAsync(accountIds, cancellationToken);

    /// <summary>Every document of a query, and how many were announced.</summary>
    public async Task<(long Count, IReadOnlyList<JsonElement> Documents)> AskAsync(
        string q,
        CancellationToken cancellationToken
    )
    {
        var compiled = QueryCompiler.Compile(q, null);
        Assert.Empty(compiled.Errors);
        await using var export = await store.Reader.ExportAsync(compiled.Query!, cancellationToken);
        var documents = new List<JsonElement>();
        await foreach (var chunk in export.Chunks.WithCancellation(cancellationToken))
            documents.AddRange(chunk.Select(document => JsonElement.Parse(document.Span)));
        var page = await store.Reader.FindAsync(compiled.Query!, new(Limit: 1), cancellationToken);
        Assert.Equal(export.Count, page.Count);
        return (export.Count, documents);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        refresh.Dispose();
        await store.DisposeAsync();
        await source.DisposeAsync();
        folder.Delete(recursive: true);
    }
}
