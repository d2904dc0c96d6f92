using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using UserReports.Server.Api.Runs;
using UserReports.Server.Hosting;
using UserReports.Store;

namespace UserReports.Server.Tests.Explorer;

/// <summary>A schedule that begins when somebody first asks for a run, so that there is no data until then.</summary>
internal sealed class RefreshByHand(ScheduledRefresh schedule, IRunLedger runs) : IRefreshStart
{
    public static void Add(IServiceCollection services)
    {
        var begun = services.Single(s =>
            s.ServiceType == typeof(IHostedService)
            && s.ImplementationFactory?.Method.ReturnType == typeof(ScheduledRefresh)
        );
        services.Remove(begun);
        services.AddSingleton<IRefreshStart, RefreshByHand>();
    }

    public async Task<Run> StartAsync(CancellationToken cancellationToken)
    {
        // Its first run is due at once.
        await schedule.StartAsync(CancellationToken.None);
        while (true)
        {
            if (await runs.ListAsync(cancellationToken) is [var run, ..])
                return run;
            await Task.Delay(50, cancellationToken);
        }
    }
}
