using System.CommandLine;
using System.Globalization;

namespace UserReports.Bench.Forecasting;

/// <summary>
/// Holds days to limit against what then came, on made-up accounts whose behaviour is known; docs/history-forecast.md
/// has the table.
/// </summary>
internal static class ForecastBench
{
    private static readonly int[] FewerWeeks = [8, 6, 5, 4];

    /// <summary>The command that prints the table.</summary>
    public static Command Command()
    {
        var seed = new Option<int>("--seed")
        {
            Description = "What the accounts are made up from.",
            DefaultValueFactory = _ => 2,
        };
        var accounts = new Option<int>("--accounts")
        {
            Description = "Accounts of each behaviour.",
            DefaultValueFactory = _ => 2_000,
        };
        var variants = new Option<bool>("--variants") { Description = "Fewer weeks, too." };
        var command = new Command("forecast", "Hold days to limit against what then came, on made-up accounts.")
        {
            accounts,
            seed,
            variants,
        };
        command.SetAction(parsed =>
            Run(parsed.GetValue(accounts), parsed.GetValue(seed), parsed.GetValue(variants), Console.Out)
        );
        return command;
    }

    private static void Run(int accounts, int seed, bool withVariants, TextWriter output)
    {
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{accounts} accounts of each behaviour, 12 instants a week apart, seed {seed}."
            )
        );
        Print(
            "Submissions and language services",
            Cases(ForecastCases.OfPeriods, accounts, seed),
            withVariants,
            output
        );
        Print("Storage", Cases(ForecastCases.OfStorage, accounts, seed), withVariants: false, output);
    }

    private static List<ForecastCase> Cases(
        Func<Behaviour, Random, IEnumerable<ForecastCase>> make,
        int accounts,
        int seed
    ) =>
        [
            .. Enum.GetValues<Behaviour>()
                .SelectMany(behaviour =>
                    Enumerable
                        .Range(0, accounts)
                        .SelectMany(i => make(behaviour, new(HashCode(seed, (int)behaviour, i))))
                ),
        ];

    /// <summary>The same in every process, unlike the runtime's own.</summary>
    private static int HashCode(int seed, int behaviour, int account) =>
        unchecked((((seed * 31) + behaviour) * 1_000_003) + account);

    private static void Print(string title, List<ForecastCase> cases, bool withVariants, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine($"{title}: {cases.Count.ToString("N0", CultureInfo.InvariantCulture)} cases");
        output.WriteLine();
        output.WriteLine(
            "| behaviour | method | answered | true date within [earliest, 2 × usual] | precision \"within 7 days\" "
                + "| recall | mean absolute error, days |"
        );
        output.WriteLine("| --- | --- | ---: | ---: | ---: | ---: | ---: |");
        IReadOnlyList<ForecastMethod> methods =
        [
            ForecastMethod.Shipped,
            ForecastMethod.SoFar,
            ForecastMethod.LastWeek,
            .. withVariants ? FewerWeeks.Select(ForecastMethod.OfWeeks) : [],
        ];
        foreach (var behaviour in Enum.GetValues<Behaviour>())
            PrintRows(
                behaviour.ToString().ToLowerInvariant(),
                methods,
                [.. cases.Where(one => one.Behaviour == behaviour)],
                output
            );
        PrintRows("all", methods, cases, output);
    }

    private static void PrintRows(
        string behaviour,
        IReadOnlyList<ForecastMethod> methods,
        IReadOnlyList<ForecastCase> cases,
        TextWriter output
    )
    {
        foreach (var method in methods)
        {
            var score = ForecastScore.Of(method, cases);
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {behaviour} | {method.Name} | {Percent(score.Answered)} | {Percent(score.Within)} "
                        + $"| {score.Precision:F2} | {score.Recall:F2} | {score.Error:F2} |"
                )
            );
        }
    }

    private static string Percent(double share) => share.ToString("P0", CultureInfo.InvariantCulture);
}
