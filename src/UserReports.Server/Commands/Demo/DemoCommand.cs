using System.CommandLine;
using UserReports.Server.Configuration;
using UserReports.Server.Hosting;
using UserReports.Store;

namespace UserReports.Server.Commands.Demo;

/// <summary><c>demo</c></summary>
internal static class DemoCommand
{
    private static readonly Option<long> Accounts = GenerateCommand.Positive(
        new("--accounts")
        {
            Description = "How many accounts to generate, the first time.",
            DefaultValueFactory = _ => 10_000,
        }
    );

    private static readonly Option<string> Data = new("--data")
    {
        Description = "Where sources and reports are kept; a second start goes on with them.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "demo-data",
    };

    private static readonly Option<string> Urls = new("--urls")
    {
        Description = "Addresses to listen on.",
        DefaultValueFactory = _ => "http://127.0.0.1:5080",
    };

    private static readonly Option<string?> AdminToken = new("--admin-token")
    {
        Description = "The superuser's API token, the first time; a random one by default.",
        HelpName = "KEY",
    };

    private static readonly Option<bool> Live = new("--live")
    {
        Description = "Keep changing the sources as a real platform would, and follow them.",
    };

    public static Command Create(Terminal terminal)
    {
        var command = new Command(
            "demo",
            "Generate a platform, refresh, and serve API and explorer: all of it on this machine."
        )
        {
            Accounts,
            Data,
            Urls,
            AdminToken,
            Live,
            GenerateCommand.WithoutStripe,
        };
        return command
            .WithExample("user-reports demo --accounts 10000 --urls http://127.0.0.1:5080")
            .Does(terminal, (parsed, token) => RunAsync(terminal, parsed, token));
    }

    private static async Task<int> RunAsync(Terminal terminal, ParseResult parsed, CancellationToken cancellationToken)
    {
        var folder = Path.GetFullPath(parsed.GetValue(Data)!);
        var signIn = await PrepareAsync(terminal, parsed, folder, cancellationToken);
        var configuration = CommonOptions.Configuration(parsed, Overrides(folder, parsed));
        var settings = ServerSettings.Read(configuration);
        await using var app = ServerHost.Build(configuration, settings, parsed.GetValue(Urls));
        if (app.Services.GetRequiredService<IReportReader>().Snapshot is null)
            await RefreshCommand.RefreshAsync(terminal, app.Services, cancellationToken);
        await app.StartAsync(cancellationToken);
        // In a file, for what stands in a command line can be read by everybody on the machine.
        var header = Path.Combine(folder, "authorization");
        await File.WriteAllTextAsync(header, $"Authorization: Token {signIn.Token}\n", cancellationToken);
        await DescribeAsync(terminal, app.Urls.First(), signIn, header);
        if (DemoLimits.PathIn(folder) is { } limits)
            await terminal.Out.WriteLineAsync($"\nLimits    {limits}: change it, and see what it does at once.");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var living = parsed.GetValue(Live) ? DemoLife.LiveAsync(terminal, settings, stop.Token) : Task.CompletedTask;
        await app.WaitForShutdownAsync(cancellationToken);
        await stop.CancelAsync();
        await living;
        return ExitCode.Done;
    }

    /// <summary>
    /// Generates the sources if they are not there yet; a generation that was broken off leaves nothing.
    /// </summary>
    private static async Task<DemoSignIn> PrepareAsync(
        Terminal terminal,
        ParseResult parsed,
        string folder,
        CancellationToken cancellationToken
    )
    {
        var signInFile = Path.Combine(folder, "sign-in.json");
        var sources = Path.Combine(folder, "sources");
        var wantedToken = parsed.GetValue(AdminToken);
        if (Directory.Exists(sources) && DemoSignIn.Read(signInFile) is { } known)
        {
            if (wantedToken is not null && wantedToken != known.Token)
            {
                throw new CommandException(
                    $"The demo in {folder} was made with another --admin-token. Leave the option out, or delete the folder."
                );
            }

            if (parsed.GetValue(GenerateCommand.WithoutStripe) && DemoLimits.PathIn(folder) is null)
            {
                throw new CommandException(
                    $"The demo in {folder} was made with Stripe. Leave --without-stripe out, or delete the folder."
                );
            }

            await terminal.Error.WriteLineAsync($"Going on with the accounts in {folder}; delete it to begin anew.");
            return known;
        }

        var signIn = DemoSignIn.Make(wantedToken);
        var unfinished = Path.Combine(folder, "sources.unfinished");
        if (Directory.Exists(unfinished))
            Directory.Delete(unfinished, recursive: true);
        Directory.CreateDirectory(unfinished);
        await GenerateCommand.FillAsync(
            terminal,
            Source(unfinished, "platform"),
            Source(unfinished, "usage"),
            GenerateCommand.Settings(parsed.GetValue(Accounts), 42, signIn, parsed),
            cancellationToken
        );
        signIn.Write(signInFile);
        if (parsed.GetValue(GenerateCommand.WithoutStripe))
            await DemoLimits.WriteAsync(folder, signIn, cancellationToken);
        if (Directory.Exists(sources))
            Directory.Delete(sources, recursive: true);
        Directory.Move(unfinished, sources);
        return signIn;
    }

    private static Dictionary<string, string?> Overrides(string folder, ParseResult parsed)
    {
        var overrides = Folders(folder);
        overrides[LimitSettings.File.Name] = DemoLimits.PathIn(folder);
        overrides[SettingsTable.OnStart.Name] = "false";
        overrides["Logging:LogLevel:Default"] = parsed.GetValue(CommonOptions.Verbose) ? "Information" : "Warning";
        if (parsed.GetValue(Live))
            overrides[FollowingSettings.PollEvery.Name] = "00:00:02";
        return overrides;
    }

    /// <summary>The settings of sources and store in the folder of a demo.</summary>
    public static Dictionary<string, string?> Folders(string folder) =>
        new()
        {
            [SettingsTable.Platform.Name] = Source(Path.Combine(folder, "sources"), "platform"),
            [SettingsTable.Usage.Name] = Source(Path.Combine(folder, "sources"), "usage"),
            [SettingsTable.Store.Name] = $"Data Source={Path.Combine(folder, "store", "reports.duckdb")}",
        };

    private static string Source(string folder, string name) => $"Data Source={Path.Combine(folder, name + ".duckdb")}";

    private static async Task DescribeAsync(Terminal terminal, string url, DemoSignIn signIn, string header)
    {
        string Curl(string q) => $"  curl -H '@{header}' '{url}/api/v2/user-reports/?q={q}&limit=2'";
        await terminal.Out.WriteLineAsync(
            $"""

            Explorer  {url}/
            Sign in   {signIn.Username}, password {signIn.Password}
            Token     {signIn.Token}
            API       {url}/docs/

            Try it:
            {Curl("username__icontains:demo")}
            {Curl("service_usage__total_storage_bytes__gte:1")}
            {Curl("service_usage__balances__submission__balance_value__gte:5000")}

            Ctrl-C stops.
            """
        );
        await terminal.Out.FlushAsync();
    }
}
