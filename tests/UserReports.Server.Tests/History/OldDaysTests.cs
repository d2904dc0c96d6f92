using System.Text.Json;
using UserReports.Store.DuckDb.Tests.History;
using UserReports.Testing;

namespace UserReports.Server.Tests.History;

/// <summary>Days whose files another version wrote, or that are damaged, over HTTP.</summary>
public sealed class OldDaysTests : IDisposable
{
    private const string Root = RunningServer.Root;
    private const string Day = "2026-11-20";

    private readonly string folder = Directory.CreateTempSubdirectory("user-reports-days-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string StorePath => Path.Combine(folder, "reports.duckdb");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData($"?at={Day}&q=is_staff:true")]
    [InlineData($"?at={Day}&ordering=is_staff")]
    [InlineData($"export/?at={Day}&q=is_staff:true")]
    [InlineData($"summary/?at={Day}&group_by=is_staff&metrics=count")]
    [InlineData($"compare/?from={Day}&q=is_staff:true")]
    [InlineData($"compare/?from={Day}&fields=is_staff,email")]
    [InlineData($"compare/?from={Day}&q=is_staff:true&format=csv")]
    public async Task Field_WhoseTypeHasChanged_IsRefusedByName(string question)
    {
        await KeepAsync(days: 1);
        ChangedSnapshot.Rewrite(
            new(StorePath),
            SampleReports.Now,
            ChangedSnapshot.StaffIsInteger,
            ChangedSnapshot.WithIntegerStaff
        );
        await using var server = await OpenAsync();

        using var answer = await server.GetAsync(Root + question, People.Superuser.TokenHeader);

        var problem = await AssertProblem.IsAsync(answer, 400, "bad_query");
        Assert.Equal(
            "The field is_staff was integer in the snapshot of that day and is boolean now, so it cannot be asked for there. Leave it out, or ask of a later day.",
            problem.GetProperty("detail").GetString()
        );
        using var other = await server.GetAsync(
            $"{Root}compare/?from={Day}&q=is_active:true",
            People.Superuser.TokenHeader
        );
        Assert.True(other.IsSuccessStatusCode);
    }

    [Fact]
    public async Task Compare_DayIsDamaged_IsToldNamedAndLeftOut()
    {
        await KeepAsync(days: 2);
        var file = Directory.GetFiles(Path.Combine(folder, "reports.history"), "2026-11-21.*").Single();
        var bytes = await File.ReadAllBytesAsync(file, Token);
        bytes[60] ^= 0x55;
        await File.WriteAllBytesAsync(file, bytes, Token);
        await using var server = await OpenAsync();
        var question = $"{Root}compare/?from=2026-11-21&limit=1";

        using var first = await server.GetAsync(question, People.Superuser.TokenHeader);
        using var second = await server.GetAsync(question, People.Superuser.TokenHeader);
        using var listed = await server.GetAsync(Root + "snapshots/", People.Superuser.TokenHeader);

        await AssertProblem.IsAsync(first, 503, "no_store");
        var days = JsonElement.Parse(await listed.Content.ReadAsStringAsync(Token));
        Assert.Contains("checksum", days[0].GetProperty("damage").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, days[1].GetProperty("damage").ValueKind);
        Assert.Contains(server.Log.All, line => line.Contains("2026-11-21.1.parquet", StringComparison.Ordinal));
        // The day before answers in its place.
        var page = JsonElement.Parse(await second.Content.ReadAsStringAsync(Token));
        Assert.StartsWith(Day, page.GetProperty("from").GetProperty("taken_at").GetString(), StringComparison.Ordinal);
    }

    /// <summary>A store of this many days, each with ten rows more, closed.</summary>
    private async Task KeepAsync(int days)
    {
        await using var server = await OpenAsync();
        for (var day = 1; day <= days; day++)
        {
            await server.RefreshAsync(SampleReports.Make(10 * day));
            server.Store.History.Keep(Token);
            server.Time.Advance(TimeSpan.FromDays(1));
        }
    }

    private Task<RunningServer> OpenAsync() => RunningServer.StartAsync(null, ("Store", $"Data Source={StorePath}"));
}
