using System.CommandLine;
using System.Globalization;
using UserReports.Sources.Generating;

namespace UserReports.Server.Commands.Demo;

/// <summary><c>generate</c></summary>
internal static class GenerateCommand
{
    private static readonly Option<long> Accounts = Positive(
        new("--accounts") { Description = "How many accounts.", Required = true }
    );

    private static readonly Option<int> Seed = new("--seed")
    {
        Description = "Another seed gives another platform.",
        DefaultValueFactory = _ => 42,
    };

    private static readonly Option<string> Platform = new("--platform")
    {
        Description = "Connection string of an empty platform database.",
        HelpName = "CONN",
        Required = true,
    };

    private static readonly Option<string> Usage = new("--usage")
    {
        Description = "Connection string of an empty usage database.",
        HelpName = "CONN",
        Required = true,
    };

    private static readonly Option<string?> AdminToken = new("--admin-token")
    {
        Description = "The API token of the superuser, at most 40 characters; a random one by default.",
        HelpName = "KEY",
    };

    /// <summary>As most private servers are.</summary>
    internal static Option<bool> WithoutStripe { get; } =
        new("--without-stripe") { Description = "A platform that has Stripe's tables and never used them." };

    public static Command Create(Terminal terminal)
    {
        var command = new Command(
            "generate",
            "Fill two empty databases with generated accounts, for demos and benchmarks; others are refused."
        )
        {
            Accounts,
            Seed,
            Platform,
            Usage,
            AdminToken,
            WithoutStripe,
        };
        return command
            .WithExample(
                "user-reports generate --accounts 20000 --platform 'Host=/tmp;Database=kpi' --usage 'Host=/tmp;Database=kobocat'"
            )
            .Does(
                terminal,
                async (parsed, token) =>
                {
                    var signIn = DemoSignIn.Make(parsed.GetValue(AdminToken));
                    await FillAsync(
                        terminal,
                        parsed.GetValue(Platform)!,
                        parsed.GetValue(Usage)!,
                        Settings(parsed.GetValue(Accounts), parsed.GetValue(Seed), signIn, parsed),
                        token
                    );
                    await terminal.Out.WriteLineAsync(
                        $"Account 1 is the superuser: {signIn.Username}, password {signIn.Password}, token {signIn.Token}"
                    );
                    return ExitCode.Done;
                }
            );
    }

    public static Task FillAsync(
        Terminal terminal,
        string platform,
        string usage,
        GeneratorSettings settings,
        CancellationToken cancellationToken
    ) =>
        ProgressDisplay.RunAsync(
            terminal,
            "Generating",
            "account",
            settings.Accounts,
            async progress =>
            {
                await SourceGenerator.GenerateAsync(platform, usage, settings, progress, cancellationToken);
                return true;
            }
        );

    public static GeneratorSettings Settings(long accounts, int seed, DemoSignIn signIn, ParseResult parsed) =>
        new(accounts, TimeProvider.System.GetUtcNow())
        {
            Seed = seed,
            AdminUsername = signIn.Username,
            AdminPassword = signIn.Password,
            AdminToken = signIn.Token,
            WithStripe = !parsed.GetValue(WithoutStripe),
        };

    /// <summary>Refuses zero, less, and what is no number.</summary>
    internal static Option<long> Positive(Option<long> option)
    {
        option.CustomParser = result =>
        {
            var text = result.Tokens[^1].Value;
            if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0)
                return number;
            result.AddError($"{option.Name} is '{text}', but it must be a whole number, 1 or more.");
            return 0;
        };
        return option;
    }
}
