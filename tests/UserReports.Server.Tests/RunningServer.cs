using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using UserReports.Core.Reports;
using UserReports.Server.Access.Passwords;
using UserReports.Server.Api.Runs;
using UserReports.Server.Configuration;
using UserReports.Server.Hosting;
using UserReports.Store;
using UserReports.Store.DuckDb;
using UserReports.Testing;

namespace UserReports.Server.Tests;

/// <summary>
/// The whole service on loopback, with a real embedded platform and a real store; only its clock is ours.
/// </summary>
public sealed class RunningServer : IAsyncDisposable
{
    public const string Root = "/api/v2/user-reports/";

    private readonly WebApplication app;
    private readonly string folder;

    private RunningServer(WebApplication app, string folder, FakeTimeProvider time, LogLines log)
    {
        (this.app, this.folder, Time, Log) = (app, folder, time, log);
        Client = NewClient();
    }

    public FakeTimeProvider Time { get; }

    public LogLines Log { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => app.Services;

    public Uri Address => new(app.Urls.First());

    public string Folder => folder;

    public DuckDbStore Store => (DuckDbStore)Services.GetRequiredService<IReportStore>();

    /// <summary>A server with people of every kind on its platform, and a completed run of these reports.</summary>
    /// <param name="reports">Null for a server before its first completed run.</param>
    public static Task<RunningServer> StartAsync(
        IReadOnlyList<Report>? reports,
        params (string Name, string Value)[] settings
    ) => StartAsync(reports, _ => { }, settings);

    /// <param name="configure">Changes what the server is made of, last of all.</param>
    /// <inheritdoc cref="StartAsync(IReadOnlyList{Report}?, ValueTuple{string, string}[])"/>
    public static async Task<RunningServer> StartAsync(
        IReadOnlyList<Report>? reports,
        Action<IServiceCollection> configure,
        params (string Name, string Value)[] settings
    )
    {
        var folder = Directory.CreateTempSubdirectory("user-reports-server-").FullName;
        var time = new FakeTimeProvider(SampleReports.Now);
        var log = new LogLines();
        await People.WriteAsync(Path.Combine(folder, "platform.db"), Path.Combine(folder, "usage.db"));
        Dictionary<string, string?> all = new()
        {
            ["Sources:Platform"] = $"Data Source={Path.Combine(folder, "platform.db")}",
            ["Sources:Usage"] = $"Data Source={Path.Combine(folder, "usage.db")}",
            ["Store"] = $"Data Source={Path.Combine(folder, "store", "reports.duckdb")}",
            ["Refresh:OnStart"] = "false",
            ["Logging:LogLevel:Default"] = "Debug",
        };
        foreach (var (name, value) in settings)
            all[name] = value;
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(all).Build();
        var app = ServerHost.Build(
            configuration,
            ServerSettings.Read(configuration),
            "http://127.0.0.1:0",
            builder =>
            {
                builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(time));
                builder.Services.Replace(ServiceDescriptor.Singleton<IRefreshStart, StartedRuns>());
                // No schedule: the tests decide what is refreshed and when.
                foreach (
                    var hosted in builder
                        .Services.Where(s => s.ServiceType == typeof(IHostedService) && s.ImplementationType is null)
                        .ToList()
                )
                    builder.Services.Remove(hosted);
                configure(builder.Services);
                builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Debug);
            }
        );
        await app.StartAsync();
        // As after the first sign-in: an unknown name is compared with a hash of these people's cost, not with one of a
        // million rounds.
        app.Services.GetRequiredService<TimingDecoyHash>().Observe(People.HashOf(People.Superuser.Password));
        var server = new RunningServer(app, folder, time, log);
        if (reports is not null)
            await server.RefreshAsync(reports);
        return server;
    }

    /// <summary>A completed run over everybody.</summary>
    public async Task RefreshAsync(IReadOnlyList<Report> reports)
    {
        var everyone = new AccountRange(0, long.MaxValue);
        var run = await Store.Runs.StartAsync([(everyone, reports.Count)], default);
        await Store.Runs.ClaimAsync(run.Uid, "test", 1, TimeSpan.FromMinutes(1), default);
        Assert.True(
            await Store.Writer.CommitAsync(
                run.Uid,
                "test",
                [Store.Writer.Pack(everyone, reports.Count, reports)],
                default
            )
        );
        Assert.True(await Store.Writer.CompleteAsync(run.Uid, "test", default));
    }

    public HttpClient NewClient() =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Address };

    public Task<HttpResponseMessage> GetAsync(
        string path,
        string? authorization = null,
        params (string Name, string Value)[] headers
    ) => SendAsync(HttpMethod.Get, path, authorization, null, headers);

    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        string? authorization,
        HttpContent? body,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        if (authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await Client.SendAsync(request);
    }

    /// <summary>Changes the platform, as its own programs would.</summary>
    public void ChangePlatform(string sql) => People.Execute(Path.Combine(folder, "platform.db"), sql);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
        Directory.Delete(folder, recursive: true);
        Log.HoldNoSecret();
    }

    /// <summary>Starts runs in the store, but nobody works on them.</summary>
    private sealed class StartedRuns(IReportStore store) : IRefreshStart
    {
        public Task<Run> StartAsync(CancellationToken cancellationToken) =>
            store.Runs.StartAsync([(new AccountRange(0, long.MaxValue), 1)], cancellationToken);
    }
}

/// <summary>Everything that was logged, at every level, and apart from it what told a secret.</summary>
/// <param name="isKept">False if the lines are looked at for secrets alone.</param>
public sealed class LogLines(bool isKept = true) : ILoggerProvider
{
    private readonly List<string> lines = [];
    private readonly List<string> telling = [];

    public IReadOnlyList<string> All
    {
        get
        {
            lock (lines)
                return [.. lines];
        }
    }

    public void Clear()
    {
        lock (lines)
            lines.Clear();
    }

    /// <summary>Fails if any line held a token, a password, an e-mail address or another secret of the tests.</summary>
    public void HoldNoSecret()
    {
        lock (lines)
            Assert.Empty(telling);
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose() { }

    private sealed class Logger(LogLines owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            owner.Add($"{category} scope {state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => owner.Add($"{logLevel} {category} {formatter(state, exception)} {exception}");
    }

    private void Add(string line)
    {
        var isTelling = Secrets.AreIn(line);
        lock (lines)
        {
            if (isKept)
                lines.Add(line);
            if (isTelling)
                telling.Add(line);
        }
    }
}
