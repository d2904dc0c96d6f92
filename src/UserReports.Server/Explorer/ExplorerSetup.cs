using Microsoft.AspNetCore.Components.Server.Circuits;
using MudBlazor.Services;
using UserReports.Server.Explorer.Account;
using UserReports.Server.Explorer.Charts;
using UserReports.Server.Explorer.Concealing;
using UserReports.Server.Explorer.Connections;
using UserReports.Server.Explorer.Following;
using UserReports.Server.Explorer.History;
using UserReports.Server.Explorer.Query;
using UserReports.Server.Explorer.Reading;
using UserReports.Server.Explorer.Runs;
using UserReports.Server.Explorer.Sessions;
using UserReports.Server.Explorer.Year;
using UserReports.Workspace.Views;

namespace UserReports.Server.Explorer;

/// <summary>Adds the explorer to the service.</summary>
public static class ExplorerSetup
{
    /// <summary>Everything that the pages need; sources, store, refresh and access are added elsewhere.</summary>
    public static IServiceCollection AddExplorer(this IServiceCollection services)
    {
        services
            .AddRazorComponents()
            .AddInteractiveServerComponents(options =>
            {
                // A page that lost its connection is kept for as long as a laptop sleeps over a short walk, but not
                // many of them.
                options.DisconnectedCircuitMaxRetained = 50;
                options.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(3);
            });
        services.AddMudServices();
        services.AddCascadingAuthenticationState();
        services.AddHttpContextAccessor();
        services.AddScoped<ReportReading>();
        services.AddScoped<PageReading>();
        services.AddScoped<ComparisonReading>();
        services.AddScoped<ShownMoment>();
        services.AddScoped<ChangedRows>();
        services.AddScoped<KnownValues>();
        services.AddScoped<OverviewFigures>();
        services.AddScoped<AccountReading>();
        services.AddScoped<YearReading>();
        services.AddScoped<RunReading>();
        services.AddScoped<Reader>();
        services.AddSingleton<SavedViews>();
        services.AddSingleton<OpenPages>();
        services.AddScoped<CircuitHandler, CircuitWatch>();
        services.AddScoped<OwnSessions>();
        services.AddScoped<OwnReveals>();
        return services;
    }

    /// <summary>Refuses pages beyond the bound; after authorisation.</summary>
    public static WebApplication UseOpenPages(this WebApplication app)
    {
        app.Use(next => context => context.RequestServices.GetRequiredService<OpenPages>().AnswerAsync(context, next));
        return app;
    }

    /// <summary>Maps the pages and their files; the pages ask for the fallback policy, the files for none.</summary>
    public static WebApplication MapExplorer(this WebApplication app)
    {
        app.MapStaticAssets().AllowAnonymous();
        app.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(options =>
                // The service has a policy of its own, of which this would be a part.
                options.ContentSecurityFrameAncestorsPolicy = null
            );
        return app;
    }
}
