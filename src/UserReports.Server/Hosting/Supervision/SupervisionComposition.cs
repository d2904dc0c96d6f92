using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging.Console;

namespace UserReports.Server.Hosting.Supervision;

/// <summary>What a supervisor is told.</summary>
internal static class SupervisionComposition
{
    /// <summary>Where no format of the log was chosen, systemd's journal gets the level of each line.</summary>
    public static void AddSupervision(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ISystemdNotifier, SystemdNotifier>().AddHostedService<SystemdNotices>();
        if (SystemdHelpers.IsSystemdService() && builder.Configuration["Logging:Console:FormatterName"] is null)
        {
            builder.Services.Configure<ConsoleLoggerOptions>(console =>
                console.FormatterName = ConsoleFormatterNames.Systemd
            );
        }
    }
}
