using Microsoft.AspNetCore.DataProtection.KeyManagement;
using UserReports.Server.Configuration;
using UserReports.Workspace;
using UserReports.Workspace.Earlier;
using UserReports.Workspace.Leading;
using UserReports.Workspace.Nodes;
using UserReports.Workspace.Secrets;

namespace UserReports.Server.Hosting;

/// <summary>The workspace, and what of the framework lies there.</summary>
internal static class WorkspaceComposition
{
    /// <summary>The database, opened at first use, with what nodes know of each other.</summary>
    public static IServiceCollection AddWorkspace(this IServiceCollection services, ServerSettings settings) =>
        services
            .AddSingleton(provider => new WorkspaceDatabase(
                FollowingSettings.WorkspaceOf(settings),
                provider.GetRequiredService<TimeProvider>(),
                NodeSettings.NameOf(settings),
                provider.GetRequiredService<ILogger<WorkspaceDatabase>>(),
                new EarlierFiles(
                    settings.StoreFolder,
                    settings.FolderOf(SettingsTable.KeysFolder),
                    provider.GetRequiredService<ILogger<EarlierFiles>>()
                )
            ))
            .AddSingleton(provider => provider.GetRequiredService<WorkspaceDatabase>().Follow)
            .AddSingleton(provider => provider.GetRequiredService<WorkspaceDatabase>().Keys)
            .AddSingleton(provider => provider.GetRequiredService<WorkspaceDatabase>().Leadership)
            .AddSingleton<SoleWork>()
            .AddSingleton<KnownNodes>()
            .AddSingleton(_ => NodeIdentity.Of(settings));

    /// <summary>Cookies and cursors by the workspace's keys.</summary>
    public static IServiceCollection AddWorkspaceKeys(this IServiceCollection services) =>
        services
            .AddSingleton<KeyRing>()
            .AddSingleton<WorkspaceKeys>()
            .AddOptions<KeyManagementOptions>()
            .Configure<WorkspaceKeys>((options, keys) => options.XmlRepository = keys)
            .Services;
}
