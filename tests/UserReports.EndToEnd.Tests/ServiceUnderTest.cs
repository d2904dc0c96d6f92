using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using UserReports.Core.Billing;
using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Sources;
using UserReports.Sources.Reading;
using UserReports.Store;

namespace UserReports.EndToEnd.Tests;

/// <summary>The whole path from two source databases to answers, at one instant.</summary>
internal sealed class ServiceUnderTest : IAsyncDisposable
{
    /// <summary>The instant of every run, unless a test moves on.</summary>
    public static readonly DateTimeOffset Start = new(2026, 11, 23, 12, 34, 56, 789, TimeSpan.Zero);

    public const int RetentionDays = 366;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("user-reports-end-to-end-");
    private readonly FakeTimeProvider time = new(Start);
    private readonly ReportSource source;
    private readonly ReportStore store;

    public ServiceUnderTest(PlatformDatabases databases)
    {
        source = new(new SourceSettings(databases.Platform, databases.Usage) { RetentionDays = RetentionDays }, time);
        store = ReportStore.Open(
            new(Path.Combine(folder.FullName, "reports.duckdb")), time, NullLogger<ReportStore>.Instance);
    }

    public DateTimeOffset Now => time.GetUtcNow();

    public void Advance(TimeSpan by) => time.Advance(by);

    /// <summary>One full pass.</summary>
    public async Task<Run> RefreshAsync(CancellationToken cancellationToken)
    {
        const string Token = "end-to-end";
        var hasStripe = (await source.InspectAsync(cancellationToken)).HasStripe;
        var cut = await source.CutRangesAsync(3000, cancellationToken);
        var run = await store.StartAsync([.. cut.Select(c => (c.Range, c.Accounts))], cancellationToken);
        var computation = new ReportComputation(RetentionDays);
        while (await ClaimAsync() is [var claimed])
        {
            var warnings = new List<DataWarning>();
            var batch = await source.ReadRangeAsync(claimed.Range, PeriodOf, cancellationToken);
            var reports = computation.Compute(batch, Now, warnings.Add);
            Assert.True(await store.CommitAsync(
                run.Uid, Token, [new(claimed.Range, claimed.Accounts, reports, warnings)], cancellationToken));
        }

        Assert.True(await store.CompleteAsync(run.Uid, Token, cancellationToken));
        return (await store.FindAsync(run.Uid, cancellationToken))!;

        Task<IReadOnlyList<ClaimedRange>> ClaimAsync() =>
            store.ClaimAsync(run.Uid, Token, 1, TimeSpan.FromMinutes(1), cancellationToken);

        BillingPeriod PeriodOf(Organization organization) => BillingPeriods.Of(organization, hasStripe, Now);
    }

    /// <summary>Every document of a query, and how many were announced.</summary>
    public async Task<(long Count, IReadOnlyList<JsonElement> Documents)> AskAsync(
        string q, CancellationToken cancellationToken)
    {
        var compiled = QueryCompiler.Compile(q, null);
        Assert.Empty(compiled.Errors);
        await using var export = await store.ExportAsync(compiled.Query!, cancellationToken);
        var documents = new List<JsonElement>();
        await foreach (var chunk in export.Chunks.WithCancellation(cancellationToken))
            documents.AddRange(chunk.Select(document => JsonElement.Parse(document.Span)));
        var page = await store.FindAsync(compiled.Query!, new(Limit: 1), cancellationToken);
        Assert.Equal(export.Count, page.Count);
        return (export.Count, documents);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        await source.DisposeAsync();
        folder.Delete(recursive: true);
    }
}
