using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.HttpOverrides;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using UserReports.Refresh;
using UserReports.Refresh.History;
using UserReports.Refresh.OwnLimits;
using UserReports.Server.Access;
using UserReports.Server.Api;
using UserReports.Server.Api.Runs;
using UserReports.Server.Concealment;
using UserReports.Server.Configuration;
using UserReports.Server.Configuration.History;
using UserReports.Server.Explorer;
using UserReports.Server.Hosting.Observing;
using UserReports.Server.Hosting.Supervision;
using UserReports.Server.Http.Mounting;
using UserReports.Server.Terminals;
using UserReports.Sources;
using UserReports.Sources.Connections;
using UserReports.Sources.Identities;
using UserReports.Sources.Reading;
using UserReports.Store;
using UserReports.Store.DuckDb;
using UserReports.Workspace;
using UserReports.Workspace.Leading;

namespace UserReports.Server.Hosting;

/// <summary>
/// Puts the parts together: sources, store, refresh, access, API and explorer in one web application.
/// </summary>
public static class ServerHost
{
    /// <summary>How long a service that is to end goes on answering what it was asked; what takes longer is cut
    /// off.</summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(10);

    /// <summary>The application, not yet started.</summary>
    /// <remarks>From here on the process makes files that only its owner may open.</remarks>
    /// <param name="urls">Where to listen, or null for what the configuration says.</param>
    /// <param name="adjust">The last word on the services, for those who host the service elsewhere; null for
    /// none.</param>
    public static WebApplication Build(
        IConfiguration configuration,
        ServerSettings settings,
        string? urls = null,
        Action<WebApplicationBuilder>? adjust = null
    )
    {
        PrivateFiles.MakeOnly();
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions
            {
                // The pages' files are listed under the program's name, whichever program hosts it.
                ApplicationName = typeof(ServerHost).Assembly.GetName().Name,
                ContentRootPath = AppContext.BaseDirectory,
            }
        );
        // A build serves the pages' files as a package does: compressed beforehand, and kept by browsers under names
        // that change with their contents.
        if (!builder.Environment.IsDevelopment())
        {
            builder.Configuration["EnableStaticAssetsDevelopmentCaching"] = "true";
            builder.Configuration["ReloadStaticAssetsAtRuntime"] = "false";
        }

        builder.Configuration.AddConfiguration(configuration);
        if (urls is not null)
            builder.WebHost.UseUrls(urls);
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);

        // The workspace belongs to the service; that keys lie there as they are is said in docs/security.md, not at
        // each start.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        AddPlatform(builder.Services, settings);
        builder.Services.AddRefresh(settings).AddFollowing(settings);
        builder
            .Services.AddSingleton<RefreshSchedule>()
            .AddNode()
            .AddSingleton<ScheduledRefresh>()
            .AddSingleton<IRefreshStart>(provider => provider.GetRequiredService<ScheduledRefresh>())
            .AddHostedService(provider => provider.GetRequiredService<ScheduledRefresh>());
        builder.Services.AddAccess(settings).AddConcealment(settings).AddReportApi(settings).AddExplorer();
        AddTelemetry(builder, settings);
        builder.AddSupervision();
        builder.Logging.ShowControlCharacters();
        adjust?.Invoke(builder);

        var app = builder.Build();
        app.Services.EnsurePseudonyms();
        foreach (var warning in WarningsOf(settings))
            ConnectionLog.Unprotected(app.Logger, warning);
        app.UseNoOriginals().UseForwardedHeaders().UseBasePath().UseHeadRequests();
        app.UseRequestPipeline();
        app.UseOpenPages();
        app.MapUserReports();
        app.MapExplorer();
        return app;
    }

    private static void AddPlatform(IServiceCollection services, ServerSettings settings)
    {
        services.AddSingleton(settings);
        services.Configure<HostOptions>(options => options.ShutdownTimeout = DrainTime);
        services.AddHostedService<PrivateFilesCheck>();
        services.AddSingleton(TimeProvider.System);
        services.AddProblemDetails();
        services.AddDataProtection().SetApplicationName("UserReports");
        services.AddWorkspaceKeys();
        services.Configure<ForwardedHeadersOptions>(options =>
        {
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            foreach (var network in settings.Of(SettingsTable.Proxies))
                options.KnownIPNetworks.Add(network);
            // From one proxy to the next, as long as they are known; what stands further out anybody may have written.
            options.ForwardLimit = null;
            // Without a known proxy nobody may say where a request came from.
            options.ForwardedHeaders =
                options.KnownIPNetworks.Count > 0
                    ? ForwardedHeaders.XForwardedFor
                        | ForwardedHeaders.XForwardedProto
                        | ForwardedHeaders.XForwardedHost
                        | ForwardedHeaders.XForwardedPrefix
                    : ForwardedHeaders.None;
        });
        // The framework would read the setting in its own way, and before it is known which host was asked for.
        services.Configure<HostFilteringOptions>(options => options.AllowedHosts = ["*"]);
        services.AddSingleton<KnownHosts>();
    }

    /// <summary>Everything that a run needs: sources, store and the engine between them.</summary>
    /// <param name="hasReaders">False where the process writes and nobody reads in it.</param>
    internal static IServiceCollection AddRefresh(
        this IServiceCollection services,
        ServerSettings settings,
        bool hasReaders = true
    ) =>
        services
            .AddSources(settings)
            .AddReportStore(settings, hasReaders)
            .AddSingleton(RefreshSettingsOf(settings, hasReaders))
            .AddSingleton(HistorySettings.RulesOf(settings))
            .AddSingleton<HistoryKeeper>()
            .AddSingleton(provider => new CurrentLimits(
                LimitsPathOf(settings),
                provider.GetRequiredService<IReportSource>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<CurrentLimits>>()
            ))
            .AddSingleton(provider => new RefreshEngine(
                provider.GetRequiredService<IReportSource>(),
                provider.GetRequiredService<IReportStore>(),
                provider.GetRequiredService<RefreshSettings>(),
                provider.GetRequiredService<CurrentLimits>(),
                settings.Of(SettingsTable.RetentionDays),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<RefreshEngine>>(),
                settings.IsStoreShared ? AloneAmongNodes(provider) : null
            ));

    /// <summary>Rows of single accounts are computed by one node at a time: what was read first is not written last.
    /// </summary>
    private static Func<Func<CancellationToken, Task>, CancellationToken, Task> AloneAmongNodes(
        IServiceProvider provider
    ) =>
        (work, cancellationToken) =>
            provider.GetRequiredService<SoleWork>().DoAsync("accounts", work, cancellationToken);

    /// <summary>The store, opened at first use and closed with the application.</summary>
    internal static IServiceCollection AddReportStore(
        this IServiceCollection services,
        ServerSettings settings,
        bool hasReaders = true
    ) =>
        services
            .AddWorkspace(settings)
            .AddSingleton(provider =>
                settings.IsStoreShared
                    ? StoreOpening.Shared(
                        settings,
                        provider.GetRequiredService<WorkspaceDatabase>(),
                        provider.GetRequiredService<TimeProvider>()
                    )
                    : DuckDbStore.Open(
                        StoreSettingsOf(settings) with
                        {
                            HasReaders = hasReaders,
                        },
                        provider.GetRequiredService<TimeProvider>(),
                        provider.GetRequiredService<ILogger<DuckDbStore>>()
                    )
            )
            .AddSingleton(provider => provider.GetRequiredService<IReportStore>().Reader)
            .AddSingleton(provider => provider.GetRequiredService<IReportStore>().Runs);

    /// <summary>The two source databases; a connection is made at first use.</summary>
    internal static IServiceCollection AddSources(this IServiceCollection services, ServerSettings settings)
    {
        var sources = SourceSettingsOf(settings);
        return services
            .AddSingleton(provider => new ReportSource(sources, provider.GetRequiredService<TimeProvider>()))
            .AddSingleton<IReportSource>(provider => provider.GetRequiredService<ReportSource>())
            .AddSingleton(provider => provider.GetRequiredService<ReportSource>().Load)
            // The same few connections: the limit is one for the whole service.
            .AddSingleton<IIdentitySource>(provider => new IdentitySource(
                provider.GetRequiredService<ReportSource>().Platform,
                provider.GetRequiredService<TimeProvider>()
            ));
    }

    /// <summary>What an operator should know of the ways to the sources; nothing is asked of them.</summary>
    internal static IEnumerable<string> WarningsOf(ServerSettings settings)
    {
        foreach (
            var setting in (Setting<string>[])
                [
                    SettingsTable.Platform,
                    SettingsTable.Usage,
                    FeedSettings.Platform,
                    FeedSettings.Usage,
                    FollowingSettings.Workspace,
                ]
        )
        {
            string? warning;
            if (settings.Of(setting).Length == 0)
                continue;
            try
            {
                warning = ConnectionProtection.WarningOf(settings.Of(setting));
            }
            catch (ArgumentException)
            {
                // Whoever opens it says what is wrong with it.
                continue;
            }

            if (warning is not null)
                yield return $"{setting.Name}: {warning}";
        }
    }

    /// <summary>The sources' own settings among those of the service.</summary>
    internal static SourceSettings SourceSettingsOf(ServerSettings settings) =>
        new(settings.Of(SettingsTable.Platform), settings.Of(SettingsTable.Usage))
        {
            RetentionDays = settings.Of(SettingsTable.RetentionDays),
            AnonymousUserId = settings.Of(SettingsTable.AnonymousUserId),
            Stripe = settings.Of(LimitSettings.Stripe),
            StatementTimeout = settings.Of(SettingsTable.StatementTimeout),
            Budget = settings.Of(LoadSettings.Budget),
            QuietHours = settings.Of(LoadSettings.QuietHours),
            ReplicaLagMax = settings.Of(LoadSettings.ReplicaLag),
        };

    /// <summary>Where the operator's own limits are; null without.</summary>
    internal static string? LimitsPathOf(ServerSettings settings) =>
        settings.Of(LimitSettings.File) is { Length: > 0 } path ? Path.GetFullPath(path) : null;

    /// <summary>The refresh's own settings among those of the service.</summary>
    internal static RefreshSettings RefreshSettingsOf(ServerSettings settings, bool hasReaders) =>
        new()
        {
            Interval = settings.Of(SettingsTable.Interval),
            OnStart = settings.Of(SettingsTable.OnStart),
            AccountsPerRange = settings.Of(SettingsTable.AccountsPerRange),
            // Without readers one more works while others wait for the sources or the disk.
            Workers =
                settings.Of(SettingsTable.Parallelism)
                + (hasReaders || settings.IsGiven(SettingsTable.Parallelism) ? 0 : 1),
            CommitRows = settings.Of(SettingsTable.CommitRows),
            Lease = settings.Of(SettingsTable.Lease),
        };

    /// <summary>The store's own settings among those of the service.</summary>
    internal static StoreSettings StoreSettingsOf(ServerSettings settings) =>
        new(settings.Of(SettingsTable.Store))
        {
            MemoryLimit = $"{settings.Of(SettingsTable.QueryMemory)}MB",
            ConcurrentQueries = settings.Of(SettingsTable.ConcurrentQueries),
            QueryTime = settings.Of(SettingsTable.QueryTime),
            KeepsPrevious = settings.Of(SettingsTable.KeepPrevious),
        };

    private static void AddTelemetry(WebApplicationBuilder builder, ServerSettings settings)
    {
        var isScraped = settings.Of(NodeSettings.MetricsToken).Length > 0;
        var isSent = !string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        var telemetry = builder
            .Services.AddOpenTelemetry()
            .WithTracing(tracing =>
                tracing.AddAspNetCoreInstrumentation().AddSource("UserReports.*").AddProcessor(new RouteOnlySpans())
            )
            .WithMetrics(metrics =>
            {
                metrics.AddAspNetCoreInstrumentation().AddMeter("UserReports.*", "System.Runtime");
                if (isScraped)
                    metrics.AddPrometheusExporter();
            });
        // What has to be asked for is asked for somebody.
        if (isScraped || isSent)
            builder.Services.AddHostedService<ServiceGauges>();
        if (isSent)
            telemetry.UseOtlpExporter();
    }
}
