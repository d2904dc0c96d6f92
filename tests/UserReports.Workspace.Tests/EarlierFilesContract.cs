using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using UserReports.Feed.Ledger;
using UserReports.Workspace.Earlier;
using UserReports.Workspace.Secrets;
using UserReports.Workspace.Sessions;
using UserReports.Workspace.Views;

namespace UserReports.Workspace.Tests;

/// <summary>What earlier versions kept in files, as they wrote it.</summary>
public abstract class EarlierFilesContract<TMaker> : WorkspaceContract<TMaker>, IDisposable
    where TMaker : IWorkspaceMaker
{
    private const string Views = """
        [
          {
            "id": "6b1d8f0e-5a51-4c8e-9c55-0a7d6c3f2b11",
            "owner": 100,
            "ownerName": "root",
            "name": "Over the limit",
            "address": "/?q=account_restricted%3Atrue",
            "isShared": true,
            "isStart": true,
            "savedAt": "2026-11-01T10:00:00+00:00"
          }
        ]
        """;

    private const string Sessions = """
        {"sessions":[{"id":"0123abcd","account_id":100,"started_at":"2026-11-20T09:00:00+00:00","started_from":"192.0.2.1",
        "browser":"a browser","last_used_at":"2026-11-20T11:00:00+00:00","last_used_from":null,
        "end":"2026-11-20T21:00:00+00:00"}],"addresses":{"100":["192.0.2.1","192.0.2.2"]}}
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("user-reports-earlier-").FullName;

    private string StoreFolder => Path.Combine(folder, "store");

    private string KeysFolder => Path.Combine(folder, "secrets");

    public void Dispose()
    {
        Directory.Delete(folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Files_OfAnEarlierVersion_AreTakenOverWhole()
    {
        await using var workspace = await EmptyAsync();
        await WriteAsync();
        var pseudonyms = await File.ReadAllBytesAsync(Path.Combine(KeysFolder, "pseudonyms.key"), Stop);
        await using var database = workspace.Open(files: Files());

        var view = Assert.Single(await new SavedViews(database, workspace.Time).OfAsync(100, Stop));
        Assert.Equal(
            new SavedView(
                Guid.Parse("6b1d8f0e-5a51-4c8e-9c55-0a7d6c3f2b11"),
                100,
                "root",
                "Over the limit",
                "/?q=account_restricted%3Atrue",
                true,
                true,
                new(2026, 11, 1, 10, 0, 0, TimeSpan.Zero)
            ),
            view
        );
        var sessions = new SessionStore(database, TimeSpan.FromHours(2), workspace.Time);
        Assert.True(await sessions.IsOpenAsync("0123abcd", Stop));
        Assert.False(await sessions.IsNewNetworkAsync(100, "192.0.2.2", Stop));
        Assert.Equal(["<key id=\"1\" version=\"1\" />"], await new KeyRing(database).AllAsync(Stop));
        Assert.Equal(pseudonyms, await new InstallationKeys(database).ReadOrMakeAsync("pseudonyms", Stop));
        Assert.Equal(
            [
                "secrets/keys/key-1.xml.taken",
                "secrets/pseudonyms.key.taken",
                "store/sessions.json.taken",
                "store/views.json.taken",
            ],
            Directory
                .GetFiles(folder, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(folder, file))
                .Order(StringComparer.Ordinal)
        );
    }

    /// <summary>Killed between taking over and giving the file its other name: it is there again at the next
    /// start.</summary>
    [Fact]
    public async Task File_ThatWasTakenOverBefore_BringsNothingBack()
    {
        await using var workspace = await EmptyAsync();
        await WriteAsync();
        await using (var database = workspace.Open(files: Files()))
        {
            var views = new SavedViews(database, workspace.Time);
            await views.RemoveAsync(100, (await views.OfAsync(100, Stop))[0].Id, Stop);
            await new SessionStore(database, TimeSpan.FromHours(2), workspace.Time).EndAllAsync(100, null, Stop);
        }

        await WriteAsync();
        await using var again = workspace.Open(files: Files());
        Assert.Empty(await new SavedViews(again, workspace.Time).OfAsync(100, Stop));
        Assert.Empty(await new SessionStore(again, TimeSpan.FromHours(2), workspace.Time).OfAsync(100, Stop));
    }

    /// <summary>Two machines that ran by themselves, and now share a workspace.</summary>
    [Fact]
    public async Task Files_OfTwoNodes_AreJoined()
    {
        await using var workspace = await EmptyAsync();
        await WriteAsync();
        await using var one = workspace.Open(files: Files());
        await one.Follow.SummarizeAsync(Stop);
        var second = JsonNode.Parse(Views)!.AsArray();
        second[0]!["id"] = Guid.NewGuid().ToString();
        second[0]!["name"] = "Another";
        second[0]!["isStart"] = false;
        await WriteAsync(second.ToJsonString());
        await using var two = workspace.Open(files: Files());
        Assert.Equal(
            ["Another", "Over the limit"],
            (await new SavedViews(two, workspace.Time).OfAsync(100, Stop)).Select(view => view.Name)
        );
    }

    [Fact]
    public async Task File_ThatIsDamaged_IsSetAside()
    {
        await using var workspace = await EmptyAsync();
        await WriteAsync("[{");
        await using var database = workspace.Open(files: Files());
        Assert.Empty(await new SavedViews(database, workspace.Time).OfAsync(100, Stop));
        Assert.Equal("[{", await File.ReadAllTextAsync(Path.Combine(StoreFolder, "views.json.damaged"), Stop));
    }

    [Fact]
    public async Task Key_OfAnotherLength_IsNeitherTakenNorReplaced()
    {
        await using var workspace = await EmptyAsync();
        await WriteAsync();
        var path = Path.Combine(KeysFolder, "pseudonyms.key");
        await File.WriteAllBytesAsync(path, [1, 2, 3], Stop);
        await using var database = workspace.Open(files: Files());
        var refused = await Assert.ThrowsAsync<LedgerException>(() => database.Follow.SummarizeAsync(Stop));
        Assert.Equal(
            $"The file {path} of an earlier version cannot be taken over into the workspace: It holds 3 bytes, not 32. "
                + "Check its rights, or move it away to begin without it.",
            refused.Message
        );
        Assert.True(File.Exists(path));
    }

    private EarlierFiles Files() => new(StoreFolder, KeysFolder, NullLogger.Instance);

    private async Task WriteAsync(string views = Views)
    {
        Directory.CreateDirectory(StoreFolder);
        Directory.CreateDirectory(Path.Combine(KeysFolder, "keys"));
        await File.WriteAllTextAsync(Path.Combine(StoreFolder, "views.json"), views, Stop);
        await File.WriteAllTextAsync(Path.Combine(StoreFolder, "sessions.json"), Sessions, Stop);
        await File.WriteAllBytesAsync(
            Path.Combine(KeysFolder, "pseudonyms.key"),
            [.. Enumerable.Range(1, InstallationKeys.Bytes).Select(i => (byte)i)],
            Stop
        );
        await File.WriteAllTextAsync(
            Path.Combine(KeysFolder, "keys", "key-1.xml"),
            """
            <?xml version="1.0" encoding="utf-8"?>
            <key id="1" version="1">
            </key>
            """.Replace(">\n</key>", " />", StringComparison.Ordinal),
            Stop
        );
    }
}
