using UserReports.Core.Reports;
using UserReports.Sources.Connections;
using UserReports.Sources.Counting;
using UserReports.Sources.Load;

namespace UserReports.Sources.Reading;

/// <summary>Reads the two source databases, range by range.</summary>
public sealed class ReportSource : IReportSource
{
    private readonly SourceSettings settings;
    private readonly TimeProvider time;
    private readonly SemaphoreSlim inspecting = new(1);
    private SourceShape? shape;
    private RunPrefetch? prefetch;

    /// <summary>Makes the sources known; nothing is opened yet.</summary>
    /// <exception cref="SourceException">A connection string is not valid.</exception>
    public ReportSource(SourceSettings settings, TimeProvider time)
    {
        this.settings = settings;
        this.time = time;
        Load = new(settings, time);
        Platform = SourceDatabase.Create("platform", settings.Platform, settings, Load);
        Usage = SourceDatabase.Create("usage", settings.Usage, settings, Load);
    }

    /// <summary>What reading costs the two of them, counted and bounded.</summary>
    public SourceLoad Load { get; }

    /// <summary>The platform database.</summary>
    public SourceDatabase Platform { get; }

    /// <summary>The usage database.</summary>
    public SourceDatabase Usage { get; }

    /// <inheritdoc/>
    public async Task<SourceInspection> InspectAsync(CancellationToken cancellationToken) =>
        (await ShapeAsync(cancellationToken)).Inspection;

    /// <inheritdoc/>
    public async Task BeginRunAsync(CancellationToken cancellationToken)
    {
        var known = await ShapeAsync(cancellationToken);
        shape = known = await known.LookForStripeAsync(Platform, settings.Stripe, cancellationToken);
        prefetch = await RunPrefetch.ReadAsync(Platform, known, time, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<CutRange>> CutRangesAsync(int accountsPerRange, CancellationToken cancellationToken) =>
        CutAsync(new(int.MinValue, int.MaxValue), accountsPerRange, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<CutRange>> CutAsync(
        AccountRange range,
        int accountsPerPart,
        CancellationToken cancellationToken
    )
    {
        await ShapeAsync(cancellationToken);
        return await RangeCutter.CutAsync(
            Platform,
            range,
            settings.AnonymousUserId,
            accountsPerPart,
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public async Task<SourceBatch> ReadRangeAsync(
        AccountRange range,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var known = await ShapeAsync(cancellationToken);
        var read = prefetch;
        if (read is not null && !read.IsFresh(time))
            prefetch = read = await read.ReadAnewAsync(Platform, known, time, cancellationToken);
        return await new BatchReader(Platform, Usage, known, settings, read, now).ReadAsync(
            AccountSelection.Of(range),
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public async Task<SourceBatch> ReadAccountsAsync(
        IReadOnlyCollection<long> accountIds,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        await new BatchReader(
            Platform,
            Usage,
            await ShapeAsync(cancellationToken),
            settings,
            prefetch: null,
            now
        ).ReadAsync(AccountSelection.Of(accountIds), cancellationToken);

    /// <inheritdoc/>
    public async Task<DailySubmissions> ReadSubmissionsAsync(
        long accountId,
        string? organizationId,
        DateOnly today,
        CancellationToken cancellationToken
    ) =>
        await new DailySubmissionReader(
            Platform,
            Usage,
            await ShapeAsync(cancellationToken),
            settings.RetentionDays,
            today
        ).ReadAsync(accountId, organizationId, cancellationToken);

    /// <inheritdoc/>
    public async Task<KnownNames> FindNamesAsync(
        IReadOnlyCollection<string> usernames,
        IReadOnlyCollection<string> organizationIds,
        CancellationToken cancellationToken
    ) => await (await NamesAsync(cancellationToken)).FindAsync(usernames, organizationIds, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<long>> MembersAsync(
        IReadOnlyCollection<long> ownerIds,
        IReadOnlyCollection<string> organizationIds,
        CancellationToken cancellationToken
    ) => await (await NamesAsync(cancellationToken)).MembersAsync(ownerIds, organizationIds, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> UsernamesNearAsync(
        string username,
        int max,
        CancellationToken cancellationToken
    ) => await (await NamesAsync(cancellationToken)).UsernamesNearAsync(username, max, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Platform.DisposeAsync();
        await Usage.DisposeAsync();
        inspecting.Dispose();
    }

    private async Task<NameReader> NamesAsync(CancellationToken cancellationToken) =>
        new(Platform, (await ShapeAsync(cancellationToken)).Platform);

    private async Task<SourceShape> ShapeAsync(CancellationToken cancellationToken)
    {
        if (shape is not null)
            return shape;
        await inspecting.WaitAsync(cancellationToken);
        try
        {
            return shape ??= await SourceShape.ReadAsync(Platform, Usage, settings.Stripe, cancellationToken);
        }
        finally
        {
            inspecting.Release();
        }
    }
}
