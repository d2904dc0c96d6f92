using UserReports.Server.Configuration;
using UserReports.Store;
using UserReports.Store.ClickHouse;
using UserReports.Workspace;

namespace UserReports.Server.Hosting;

/// <summary>Opens a store that other processes use, too.</summary>
internal static class StoreOpening
{
    /// <summary>The store, whose ledger is in the workspace; neither is asked anything yet.</summary>
    public static IReportStore Shared(ServerSettings settings, WorkspaceDatabase workspace, TimeProvider time) =>
        ClickHouseStore.Open(SettingsOf(settings), workspace.SharedLedger(ClickHouseStore.Layout), time);

    /// <summary>The shared store's own settings among those of the service.</summary>
    public static ClickHouseSettings SettingsOf(ServerSettings settings) =>
        new(settings.Of(SettingsTable.Store))
        {
            QueryTime = settings.Of(SettingsTable.QueryTime),
            QueryMegabytes = settings.Of(SettingsTable.QueryMemory),
        };
}
