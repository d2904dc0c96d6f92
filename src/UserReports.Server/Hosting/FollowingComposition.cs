using UserReports.Feed;
using UserReports.Feed.Ledger;
using UserReports.Feed.Polling;
using UserReports.Feed.Replication;
using UserReports.Refresh;
using UserReports.Refresh.Following;
using UserReports.Server.Api.Following;
using UserReports.Server.Configuration;
using UserReports.Sources;
using UserReports.Sources.Connections;
using UserReports.Sources.Load;
using UserReports.Sources.Reading;
using UserReports.Store;

namespace UserReports.Server.Hosting;

/// <summary>What follows the sources between runs; it writes to the workspace.</summary>
internal static class FollowingComposition
{
    public static IServiceCollection AddFollowing(this IServiceCollection services, ServerSettings settings) =>
        services
            .AddSingleton<IReplayedPositions>(provider => new ReplayedPositions(
                Databases(provider),
                provider.GetRequiredService<TimeProvider>()
            ))
            .AddSingleton<IFeedFactory>(provider => new PollFeedFactory(
                Databases(provider),
                new() { Every = settings.Of(FollowingSettings.PollEvery) },
                provider.GetRequiredService<TimeProvider>()
            ))
            .AddSingleton(provider => new FollowStatus(
                () => provider.GetRequiredService<NodePresence>().Follow,
                provider.GetRequiredService<SourceLoad>()
            ))
            .AddSingleton<IFeedFactory>(provider => new ReplicationFeedFactory(
                FeedSettings.Of(settings, provider.GetRequiredService<IReportStore>()),
                provider.GetRequiredService<IFeedKeys>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<SourceLoad>()
            ))
            .AddSingleton(provider => new OnDemandRefresher(
                provider.GetRequiredService<RefreshEngine>(),
                provider.GetRequiredService<TimeProvider>()
            ))
            .AddSingleton(provider => new Follower(
                provider.GetServices<IFeedFactory>(),
                provider.GetRequiredService<IFollowLedger>(),
                provider.GetRequiredService<IReportSource>(),
                provider.GetRequiredService<IReplayedPositions>(),
                provider.GetRequiredService<IReportStore>(),
                provider.GetRequiredService<RefreshEngine>(),
                provider.GetRequiredService<RefreshSchedule>().RequestRun,
                new() { Choice = settings.Of(FollowingSettings.Follow) },
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<Follower>>()
            ));

    private static IReadOnlyList<SourceDatabase> Databases(IServiceProvider provider) =>
        [provider.GetRequiredService<ReportSource>().Platform, provider.GetRequiredService<ReportSource>().Usage];
}
