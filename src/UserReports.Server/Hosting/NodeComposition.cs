using UserReports.Refresh;
using UserReports.Refresh.OwnLimits;
using UserReports.Server.Configuration;
using UserReports.Sources;
using UserReports.Store;
using UserReports.Workspace.Leading;

namespace UserReports.Server.Hosting;

/// <summary>What makes this process a node among others.</summary>
internal static class NodeComposition
{
    public static IServiceCollection AddNode(this IServiceCollection services) =>
        services
            .AddSingleton<NodePresence>()
            .AddHostedService(provider => provider.GetRequiredService<NodePresence>())
            .AddSingleton(provider => new JoinedRuns(
                provider.GetRequiredService<RefreshEngine>(),
                () =>
                    provider.GetRequiredService<ServerSettings>().IsStoreShared
                    && provider.GetRequiredService<NodePresence>().MayJoinRuns,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<JoinedRuns>>()
            ))
            .AddSingleton(provider => new LimitsWatch(
                provider.GetRequiredService<CurrentLimits>(),
                provider.GetRequiredService<RefreshEngine>(),
                provider.GetRequiredService<RefreshSchedule>(),
                provider.GetRequiredService<IReportSource>(),
                provider.GetRequiredService<IReportStore>(),
                provider.GetRequiredService<RefreshSettings>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<LimitsWatch>>(),
                () => provider.GetRequiredService<Leadership>().IsLeading
            ));
}
