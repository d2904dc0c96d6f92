using System.Globalization;
using System.Text;

namespace UserReports.Server.Configuration;

/// <summary>docs/settings.md, written from the table of settings.</summary>
public static class SettingsPage
{
    private const string Head = """
        # Settings

        Settings come from `appsettings.json` beside the program or in the working folder, from the environment, and from
        arguments (`--set Refresh:Interval=01:00:00`); the later wins. In the environment a name begins with `USERREPORTS__`, and
        each colon becomes two underscores: `USERREPORTS__Sources__Platform=Host=…`.

        A secret need not stand in the environment: append `__File` (or `:File`) to any name and give the file that holds the
        value, as in `USERREPORTS__Sources__Platform__File=/run/secrets/platform`. It must not stand in an argument: everybody on
        the machine can read those while the program runs.

        A wrong value, and a name that is no setting, end the start with an error that names the setting, the value and what is
        valid. `user-reports check` tries all of it without serving anything.

        | setting | default | must be | what it is for |
        | --- | --- | --- | --- |

        """;

    private const string Tail = """

        The addresses to listen on are ASP.NET Core's own (`--urls` or `ASPNETCORE_URLS`), and so are the log levels
        (`Logging:LogLevel:Default`). Traces and metrics are exported when `OTEL_EXPORTER_OTLP_ENDPOINT` is set.

        """;

    /// <summary>The page as Markdown.</summary>
    public static string Write()
    {
        var page = new StringBuilder(Head.ReplaceLineEndings("\n"));
        foreach (var setting in SettingsTable.All)
        {
            var standard =
                setting == SettingsTable.ConcurrentQueries ? "processors + 1"
                : setting == SettingsTable.Parallelism ? "processors"
                : setting.Default is null ? "required"
                : setting.Default.Length == 0 ? ""
                : $"`{setting.Default}`";
            page.Append(
                CultureInfo.InvariantCulture,
                $"| `{setting.Name}`{(setting.IsSecret ? " (secret)" : "")} | {standard} | {setting.Valid} | {setting.Description} |\n"
            );
        }

        return page.Append(Tail.ReplaceLineEndings("\n")).ToString();
    }
}
