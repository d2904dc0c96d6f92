using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using Microsoft.Extensions.Logging;
using UserReports.Feed.Ledger;
using UserReports.Workspace.Secrets;
using UserReports.Workspace.Sessions;
using UserReports.Workspace.Views;

namespace UserReports.Workspace.Earlier;

/// <summary>
/// What versions before the workspace kept in files: saved views, sessions, the key ring, keys of the installation. It
/// is taken over once, and the file is kept under another name.
/// </summary>
/// <remarks>
/// A file is taken over in one transaction with its digest: if this process is killed before the file has its other
/// name, what was ended or removed since does not come back. What the workspace has already is newer, and stays.
/// </remarks>
/// <param name="storeFolder">Where views and sessions lay.</param>
/// <param name="keysFolder">Where keys lay.</param>
public sealed class EarlierFiles(string storeFolder, string keysFolder, ILogger logger)
{
    private const string Taken = ".taken";

    private static readonly JsonSerializerOptions ViewJson = new(JsonSerializerDefaults.Web);

    private static readonly JsonSerializerOptions SessionJson = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    /// <summary>Takes over what is there.</summary>
    /// <exception cref="LedgerException">A file cannot be read; nothing of it is lost.</exception>
    internal async Task TakeOverAsync(WorkspaceSession session, CancellationToken cancellationToken)
    {
        await TakeAsync(session, Path.Combine(storeFolder, "views.json"), PutViewsAsync, cancellationToken);
        await TakeAsync(session, Path.Combine(storeFolder, "sessions.json"), PutSessionsAsync, cancellationToken);
        foreach (var name in new[] { "pseudonyms", "token-marks" })
        {
            await TakeAsync(
                session,
                Path.Combine(keysFolder, $"{name}.key"),
                (commands, content) => PutInstallationKeyAsync(commands, name, content, cancellationToken),
                cancellationToken
            );
        }

        var ring = Path.Combine(keysFolder, "keys");
        foreach (var path in Directory.Exists(ring) ? Directory.GetFiles(ring, "*.xml") : [])
        {
            await TakeAsync(
                session,
                path,
                (commands, content) =>
                    PutRingKeyAsync(commands, Path.GetFileNameWithoutExtension(path), content, cancellationToken),
                cancellationToken
            );
        }

        Task PutViewsAsync(WorkspaceCommands commands, byte[] content) =>
            commands.ExecuteEachAsync(
                SavedViews.PutUnlessThere,
                (JsonSerializer.Deserialize<List<SavedView>>(content, ViewJson) ?? []).Select(SavedViews.ValuesOf),
                cancellationToken
            );

        async Task PutSessionsAsync(WorkspaceCommands commands, byte[] content)
        {
            var kept = JsonSerializer.Deserialize<SessionFile>(content, SessionJson);
            await commands.ExecuteEachAsync(
                SessionStore.Put,
                (kept?.Sessions ?? []).Select(SessionStore.ValuesOf),
                cancellationToken
            );
            await commands.ExecuteEachAsync(
                SessionStore.Remember,
                from account in kept?.Addresses ?? new Dictionary<long, List<string>>()
                from network in account.Value
                select (IReadOnlyList<object?>)[account.Key, network],
                cancellationToken
            );
        }
    }

    private static Task<int> PutInstallationKeyAsync(
        WorkspaceCommands commands,
        string name,
        byte[] content,
        CancellationToken cancellationToken
    ) =>
        content.Length == InstallationKeys.Bytes
            ? commands.ExecuteAsync(InstallationKeys.Put, cancellationToken, name, Convert.ToBase64String(content))
            // Another key in its place would quietly change every pseudonym.
            : throw new IOException($"It holds {content.Length} bytes, not {InstallationKeys.Bytes}.");

    private static Task<int> PutRingKeyAsync(
        WorkspaceCommands commands,
        string name,
        byte[] content,
        CancellationToken cancellationToken
    )
    {
        using var stream = new MemoryStream(content);
        var xml = XElement.Load(stream).ToString(SaveOptions.DisableFormatting);
        return commands.ExecuteAsync(KeyRing.Put, cancellationToken, name, xml);
    }

    private async Task TakeAsync(
        WorkspaceSession session,
        string path,
        Func<WorkspaceCommands, byte[], Task> put,
        CancellationToken cancellationToken
    )
    {
        if (!File.Exists(path))
            return;
        var name = Path.GetFileName(path);
        try
        {
            var content = await File.ReadAllBytesAsync(path, cancellationToken);
            await session.DoAsync(
                async commands =>
                {
                    if (await MarkAsync(commands, content, name, cancellationToken))
                        await put(commands, content);
                },
                cancellationToken
            );
            File.Move(path, path + Taken, overwrite: true);
            EarlierLog.TakenOver(logger, path, path + Taken);
        }
        catch (Exception e) when (e is JsonException or XmlException)
        {
            File.Move(path, path + ".damaged", overwrite: true);
            EarlierLog.SetAside(logger, path, path + ".damaged", e.Message);
        }
        catch (FileNotFoundException)
        {
            // Another process of this folder was first.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LedgerException(
                $"The file {path} of an earlier version cannot be taken over into the workspace: {e.Message} "
                    + "Check its rights, or move it away to begin without it.",
                e
            );
        }
    }

    /// <summary>False if this content was taken over before.</summary>
    private static async Task<bool> MarkAsync(
        WorkspaceCommands commands,
        byte[] content,
        string name,
        CancellationToken cancellationToken
    ) =>
        await commands.ExecuteAsync(
            "insert into taken_file (digest, name) values (@p0, @p1) on conflict (digest) do nothing",
            cancellationToken,
            Convert.ToHexStringLower(SHA256.HashData([.. Encoding.UTF8.GetBytes(name + "\n"), .. content])),
            name
        ) > 0;

    private sealed record SessionFile(
        IReadOnlyList<Session>? Sessions,
        IReadOnlyDictionary<long, List<string>>? Addresses
    );
}

/// <summary>What is said of files of earlier versions.</summary>
internal static partial class EarlierLog
{
    [LoggerMessage(
        EventId = 10101,
        Level = LogLevel.Information,
        Message = "The workspace has taken over {Path}, which is kept as {Kept}. Delete that when you have no more use for it."
    )]
    public static partial void TakenOver(ILogger logger, string path, string kept);

    [LoggerMessage(
        EventId = 10102,
        Level = LogLevel.Error,
        Message = "{Path} cannot be read and is set aside as {Kept}: {Problem}"
    )]
    public static partial void SetAside(ILogger logger, string path, string kept, string problem);
}
