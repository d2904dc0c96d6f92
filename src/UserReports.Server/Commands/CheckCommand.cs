using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using UserReports.Server.Configuration;
using UserReports.Store;

namespace UserReports.Server.Commands;

/// <summary><c>check</c></summary>
internal static class CheckCommand
{
    public static Command Create(Terminal terminal) =>
        new Command("check", "Try the settings, both sources and the store; say what is wrong and what to do.")
            .WithExample("user-reports check --set Sources:Platform='Host=replica;Database=kpi;Username=reports'")
            .Does(
                terminal,
                async (parsed, token) =>
                {
                    ServerSettings settings;
                    try
                    {
                        settings = ServerSettings.Read(CommonOptions.Configuration(parsed));
                    }
                    catch (SettingsException e)
                    {
                        foreach (var fault in e.Faults)
                            await SayAsync(terminal, false, "settings", fault);
                        return ExitCode.Failed;
                    }

                    var good = await SayAsync(terminal, true, "settings", "valid");
                    foreach (var source in await SourceCheck.ReachAsync(settings, token))
                        good &= await SayAsync(
                            terminal,
                            source.IsReachable,
                            source.Name.ToLowerInvariant(),
                            source.Message
                        );
                    good &= await CheckStoreAsync(terminal, settings);
                    return good ? ExitCode.Done : ExitCode.Failed;
                }
            );

    private static async Task<bool> CheckStoreAsync(Terminal terminal, ServerSettings settings)
    {
        try
        {
            await using var store = ReportStore.Open(
                ServerHost.StoreSettingsOf(settings),
                TimeProvider.System,
                NullLogger<ReportStore>.Instance
            );
            return await SayAsync(
                terminal,
                true,
                "store",
                store.Snapshot is { } snapshot
                    ? $"{snapshot.Rows} rows in {store.Directory}"
                    : $"empty, in {store.Directory}"
            );
        }
        catch (Exception e) when (e is StoreException or StoreDamagedException)
        {
            return await SayAsync(terminal, false, "store", e.Message);
        }
    }

    private static async Task<bool> SayAsync(Terminal terminal, bool good, string what, string message)
    {
        await terminal.Out.WriteLineAsync($"{(good ? "ok  " : "FAIL")}  {what, -8}  {message}");
        return good;
    }
}
