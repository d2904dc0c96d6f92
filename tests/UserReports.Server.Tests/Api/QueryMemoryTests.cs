namespace UserReports.Server.Tests.Api;

/// <summary>A query that needs too much memory is told so, and costs nobody else anything.</summary>
public sealed class QueryMemoryTests
{
    private static readonly string Path =
        $"{RunningServer.Root}?limit=1&q={Uri.EscapeDataString(HeavyReports.GreedyQuery)}";

    [Fact]
    public async Task List_NeedsMoreMemoryThanQueriesMayUse_IsAProblemThatSaysSo()
    {
        await using var server = await RunningServer.StartAsync(HeavyReports.Make("only"));

        using var answer = await server.GetAsync(Path, People.Superuser.TokenHeader);

        var problem = await AssertProblem.IsAsync(answer, 503, "too_much_memory");
        Assert.Equal(
            "The query needs more memory than queries may use together. Use fewer conditions, or raise the setting "
                + "Reports:QueryMemoryMegabytes.",
            problem.GetProperty("detail").GetString()
        );
        using var other = await server.GetAsync(RunningServer.Root + "?limit=1", People.Superuser.TokenHeader);
        Assert.True(other.IsSuccessStatusCode, other.StatusCode.ToString());
    }
}
