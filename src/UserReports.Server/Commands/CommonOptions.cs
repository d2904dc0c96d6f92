using System.CommandLine;
using UserReports.Server.Configuration;

namespace UserReports.Server.Commands;

/// <summary>Options of more than one command.</summary>
internal static class CommonOptions
{
    /// <summary>Everything about an error, not just its line or two.</summary>
    public static readonly Option<bool> Verbose = new("--verbose")
    {
        Description = "Show everything about an error, and more of the log.",
        Recursive = true,
    };

    /// <summary>Settings as arguments.</summary>
    public static readonly Option<string[]> Set = Validated(
        new("--set")
        {
            Description = "A setting, as in --set Refresh:Interval=01:00:00; see docs/settings.md. May be repeated.",
            HelpName = "Name=Value",
            Recursive = true,
            DefaultValueFactory = _ => [],
        }
    );

    /// <summary>
    /// The configuration that a command runs with: files, environment, then arguments; the later wins.
    /// </summary>
    /// <param name="overrides">What the command itself decides, over all of these but <c>--set</c>.</param>
    public static IConfigurationRoot Configuration(
        ParseResult parsed,
        IEnumerable<KeyValuePair<string, string?>>? overrides = null
    ) =>
        new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true)
            .AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true)
            .AddEnvironmentVariables("USERREPORTS__")
            .AddInMemoryCollection(overrides ?? [])
            .AddInMemoryCollection(Pairs(parsed.GetValue(Set)!))
            .Build();

    /// <summary>The settings that a command runs with.</summary>
    public static ServerSettings Settings(ParseResult parsed, bool needsSources = true) =>
        ServerSettings.Read(Configuration(parsed), needsSources);

    /// <summary>Of a name that is given twice, the later value wins.</summary>
    private static Dictionary<string, string?> Pairs(string[] pairs)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var pair in pairs)
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            values[pair[..at].Replace("__", ":", StringComparison.Ordinal)] = pair[(at + 1)..];
        }

        return values;
    }

    private static Option<string[]> Validated(Option<string[]> option)
    {
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
            {
                if (token.Value.IndexOf('=', StringComparison.Ordinal) < 1)
                    result.AddError($"--set {token.Value} is no Name=Value.");
            }
        });
        return option;
    }
}
