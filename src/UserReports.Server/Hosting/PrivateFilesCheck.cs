using UserReports.Server.Configuration;

namespace UserReports.Server.Hosting;

/// <summary>Says at the start which files of personal data other accounts of the machine may open.</summary>
/// <remarks>
/// What the service makes is closed; what an older version made, or somebody copied there, need not be.
/// </remarks>
internal sealed class PrivateFilesCheck(ServerSettings settings, ILogger<PrivateFilesCheck> logger) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var (folder, count, example) in Find(settings))
            PrivateFilesLog.OpenToOthers(logger, folder, count, example);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The folders in which something is open: how much of them, and one of it.</summary>
    internal static IEnumerable<(string Folder, int Count, string Example)> Find(ServerSettings settings)
    {
        string[] folders =
        [
            settings.StoreFolder,
            settings.FolderOf(SettingsTable.AuditFolder),
            settings.FolderOf(SettingsTable.KeysFolder),
        ];
        foreach (var folder in folders.Distinct(StringComparer.Ordinal))
        {
            if (PrivateFiles.OpenToOthers(folder).ToList() is [var example, ..] open)
                yield return (folder, open.Count, example);
        }
    }
}

/// <summary>What the check of files says to the log.</summary>
internal static partial class PrivateFilesLog
{
    [LoggerMessage(
        EventId = 7101,
        Level = LogLevel.Warning,
        Message = "Other accounts of this machine may open {Count} of the files and folders in {Folder}, {Example} among them; "
            + "they hold personal data or keys. Close them: chmod -R go= '{Folder}'"
    )]
    public static partial void OpenToOthers(ILogger logger, string folder, int count, string example);
}
