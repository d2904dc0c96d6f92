using System.Globalization;
using DuckDB.NET.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using UserReports.Server.Configuration;
using UserReports.Server.Hosting;
using UserReports.Sources.Generating;
using UserReports.Store;

namespace UserReports.Server.Tests.Explorer;

/// <summary>The real server over a generated platform, in a folder of its own.</summary>
public sealed class ExplorerHost : IAsyncDisposable
{
    public const string Token = People.GeneratedSuperuserToken;

    private readonly string folder;
    private readonly WebApplication app;
    private readonly LogLines log;

    private ExplorerHost(string folder, WebApplication app, LogLines log) =>
        (this.folder, this.app, this.log, Address) = (folder, app, log, new(app.Urls.Single()));

    public Uri Address { get; }

    public IServiceProvider Services => app.Services;

    /// <summary>Generates accounts and starts the server.</summary>
    /// <param name="changes">Statements for the platform, before anything is read of it; null for none.</param>
    /// <param name="settings">On top of those that every test wants; null for none.</param>
    /// <param name="adjust">The last word on the services; null for none.</param>
    /// <param name="usage">Statements for the usage database, likewise; null for none.</param>
    public static async Task<ExplorerHost> StartAsync(
        int accounts,
        string[]? changes = null,
        (string Name, string Value)[]? settings = null,
        Action<IServiceCollection>? adjust = null,
        string[]? usage = null
    )
    {
        var folder = Directory.CreateTempSubdirectory("user-reports-explorer-").FullName;
        await SourceGenerator.GenerateAsync(
            Source(folder, "platform"),
            Source(folder, "usage"),
            new(accounts, DateTimeOffset.Parse("2026-11-20T12:00:00Z", CultureInfo.InvariantCulture))
            {
                AdminToken = Token,
            },
            null,
            CancellationToken.None
        );
        foreach (var change in changes ?? [])
            Change(Source(folder, "platform"), change);
        foreach (var change in usage ?? [])
            Change(Source(folder, "usage"), change);
        Dictionary<string, string?> all = new()
        {
            ["Sources:Platform"] = Source(folder, "platform"),
            ["Sources:Usage"] = Source(folder, "usage"),
            ["Store"] = Source(folder, "store"),
            ["Refresh:Interval"] = "1.00:00:00",
            ["Refresh:Follow"] = "off",
            ["Logging:LogLevel:Default"] = "Debug",
        };
        foreach (var (name, value) in settings ?? [])
            all[name] = value;
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(all).Build();
        var log = new LogLines(isKept: false);
        var app = ServerHost.Build(
            configuration,
            ServerSettings.Read(configuration),
            "http://127.0.0.1:0",
            builder =>
            {
                builder.Logging.ClearProviders().AddProvider(log);
                adjust?.Invoke(builder.Services);
            }
        );
        await app.StartAsync();
        return new(folder, app, log);
    }

    /// <summary>Waits until the first run has ended.</summary>
    public async Task<ExplorerHost> RefreshedAsync()
    {
        var reports = app.Services.GetRequiredService<IReportReader>();
        for (var waited = 0; reports.Snapshot is null; waited++)
        {
            Assert.True(waited < 2400, "The first run did not end within four minutes.");
            await Task.Delay(100);
        }

        return this;
    }

    /// <summary>Changes the platform as its own people would.</summary>
    public void ChangePlatform(string sql) => Change(Source(folder, "platform"), sql);

    /// <summary>Changes the usage database likewise.</summary>
    public void ChangeUsage(string sql) => Change(Source(folder, "usage"), sql);

    private static void Change(string source, string sql)
    {
        using var connection = new DuckDBConnection(source);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        Assert.NotEqual(0, command.ExecuteNonQuery());
    }

    public async ValueTask DisposeAsync()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await app.StopAsync(soon.Token);
        await app.DisposeAsync();
        Directory.Delete(folder, recursive: true);
        log.HoldNoSecret();
    }

    private static string Source(string folder, string name) => $"Data Source={Path.Combine(folder, $"{name}.duckdb")}";
}
