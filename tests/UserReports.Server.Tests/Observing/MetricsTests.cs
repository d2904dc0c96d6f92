using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using UserReports.Refresh.Following;
using UserReports.Testing;

namespace UserReports.Server.Tests.Observing;

public sealed partial class MetricsTests
{
    private const string Token = "a-token-of-prometheus";

    /// <summary>Told of sources in PostgreSQL alone, which this server has none of.</summary>
    private static readonly string[] OfServers =
    [
        "user_reports_feed_retained_bytes",
        "user_reports_source_busy_seconds_total",
        "user_reports_source_statements_total",
    ];

    /// <summary>Of a twentieth of a second and more each.</summary>
    private const int Attempts = 2000;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metrics_WithoutAToken_AreNotThere()
    {
        await using var server = await RunningServer.StartAsync(SampleReports.Make(3));
        using var answer = await server.GetAsync("/metrics", People.Superuser.TokenHeader);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer another-token-of-prometheus")]
    [InlineData("Basic a-token-of-prometheus")]
    public async Task Metrics_WithAnotherToken_AreRefused(string? given)
    {
        await using var server = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        if (given is not null)
            request.Headers.Authorization = AuthenticationHeaderValue.Parse(given);
        using var answer = await server.Client.SendAsync(request, Cancelled);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.Single().Scheme);
        var text = await answer.Content.ReadAsStringAsync(Cancelled);
        Assert.Contains("Metrics:Token", text, StringComparison.Ordinal);
        Assert.DoesNotContain("user_reports_", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_OfAServerThatWasAsked_TellHowItStandsAndNamesNobody()
    {
        await using var server = await StartAsync();
        using (
            var asked = await server.GetAsync(RunningServer.Root + "?q=username:somebody", People.Superuser.TokenHeader)
        )
            asked.EnsureSuccessStatusCode();
        using (await server.GetAsync(RunningServer.Root, "Token no-such-token")) { }

        var text = await ScrapeAsync(server);

        Assert.Equal(3, ValueOf(text, "user_reports_rows"));
        Assert.Equal(0, ValueOf(text, "user_reports_run_failing"));
        Assert.True(ValueOf(text, "user_reports_data_age_seconds") >= 0);
        Assert.True(ValueOf(text, "user_reports_query_duration_seconds_count") >= 1);
        Assert.True(ValueOf(text, "user_reports_sign_ins_refused_total", "kind=\"token\"") >= 1);
        Assert.DoesNotContain("somebody", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("deploy/grafana/user-reports.json")]
    [InlineData("deploy/prometheus/alerts.yml")]
    public async Task Metrics_ThatTheFilesForOperatorsName_AreThere(string file)
    {
        var written = await File.ReadAllTextAsync(DocumentedBlock.Checkout(file), Cancelled);
        if (file.EndsWith(".json", StringComparison.Ordinal))
            Assert.NotEmpty(JsonElement.Parse(written).GetProperty("panels").EnumerateArray());
        var named = MetricName().Matches(written).Select(match => match.Value).ToHashSet();
        Assert.True(named.Count > 8, "The file names hardly anything.");
        await using var server = await StartAsync();
        using (var asked = await server.GetAsync(RunningServer.Root, People.Superuser.TokenHeader))
            asked.EnsureSuccessStatusCode();

        var text = await ScrapeAsync(server);

        var there = MetricName().Matches(text).Select(match => match.Value).Concat(OfServers).ToHashSet();
        Assert.Empty(named.Except(there));
    }

    [Fact]
    public async Task Alerts_All_HaveTheirParagraph()
    {
        var rules = await File.ReadAllTextAsync(DocumentedBlock.Checkout("deploy/prometheus/alerts.yml"), Cancelled);
        var page = await File.ReadAllTextAsync(DocumentedBlock.Checkout("docs/monitoring.md"), Cancelled);
        var names = AlertName().Matches(rules).Select(match => match.Groups[1].Value).ToList();
        Assert.True(names.Count > 8);
        Assert.All(names, name => Assert.Contains($"\n### {name}\n", page, StringComparison.Ordinal));
    }

    /// <summary>A server that follows its sources, though it keeps no schedule.</summary>
    private static Task<RunningServer> StartAsync() =>
        RunningServer.StartAsync(
            SampleReports.Make(3),
            services => services.AddHostedService<Following>(),
            ("Metrics:Token", Token),
            ("Refresh:Follow", "poll")
        );

    /// <summary>Asked until what is looked up in the background has been.</summary>
    private static async Task<string> ScrapeAsync(RunningServer server)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
            request.Headers.Authorization = new("Bearer", Token);
            using var answer = await server.Client.SendAsync(request, Cancelled);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var text = await answer.Content.ReadAsStringAsync(Cancelled);
            // A request is counted after its answer, which whoever asked may have first.
            if (
                text.Contains("user_reports_run_duration_seconds", StringComparison.Ordinal)
                && text.Contains("user_reports_follow_lag_seconds", StringComparison.Ordinal)
                && text.Contains("http_server_request_duration_seconds_count", StringComparison.Ordinal)
            )
                return text;
            Assert.True(attempt < Attempts, text);
            server.Time.Advance(TimeSpan.FromSeconds(15));
            await Task.Delay(50, Cancelled);
        }
    }

    private static double ValueOf(string text, string name, string label = "") =>
        double.Parse(
            Regex
                .Match(text, $@"^{name}(?:\{{[^}}]*{label}[^}}]*\}})? ([0-9.e+-]+)", RegexOptions.Multiline)
                .Groups[1]
                .Value,
            System.Globalization.CultureInfo.InvariantCulture
        );

    private sealed class Following(Follower follower) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => follower.RunAsync(stoppingToken);
    }

    [GeneratedRegex(@"\b(user_reports|dotnet|http_server)_[a-z_]+")]
    private static partial Regex MetricName();

    [GeneratedRegex(@"alert: (\w+)")]
    private static partial Regex AlertName();
}
