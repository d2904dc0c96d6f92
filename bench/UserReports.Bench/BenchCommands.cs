using System.CommandLine;
using UserReports.Bench.Access;
using UserReports.Bench.Clusters;
using UserReports.Bench.Explorer;
using UserReports.Bench.Exports;
using UserReports.Bench.Following;
using UserReports.Bench.Forecasting;
using UserReports.Bench.History;
using UserReports.Bench.Nodes;
using UserReports.Bench.Queries;
using UserReports.Bench.Refreshing;
using UserReports.Bench.Results;
using UserReports.Bench.Serving;
using UserReports.Bench.Sources;

namespace UserReports.Bench;

/// <summary>The benchmark's commands: their options, and which class does the work.</summary>
internal static class BenchCommands
{
    private static readonly Option<int> Accounts = new("--accounts")
    {
        Description = "Accounts to generate.",
        DefaultValueFactory = _ => 100_000,
    };

    private static readonly Argument<string> Folder = new("folder")
    {
        Description = "Where the store is kept, to be used again.",
    };

    /// <summary>Every command but the loops, which have arguments of their own.</summary>
    public static RootCommand Create() =>
        new("Measures UserReports.")
        {
            All(),
            Compare(),
            Pages(),
            FollowStore(),
            Follow(),
            Costs(),
            HistoryBench.Create(Folder, Accounts),
            AccountHistoryBench.Create(Folder, Accounts),
            Stall(),
            Exports(),
            Passes(),
            Simple(
                "limits",
                "Time a file of 100 000 limits, and how soon a change of one is seen.",
                LimitsBench.RunAsync
            ),
            Simple(
                "during",
                "Time pages over HTTP in peace and while the same server refreshes.",
                DuringBench.RunAsync
            ),
            Simple(
                "load",
                "Make one pass and print what it asked of the sources: time, work memory, connections.",
                SourceLoadBench.RunAsync
            ),
            Simple(
                "phases",
                "Print what a pass spends its time on: reading alone, then with the rules, then with documents.",
                RefreshPhases.RunAsync
            ),
            Cluster(),
            ForecastBench.Command(),
            Access(),
            Nodes(),
            Explorer(),
            Pictures.Create(Folder),
            Recording.Create(Folder),
        };

    private static Command Nodes()
    {
        var proxy = new Argument<string>("proxy") { Description = "Where the nodes are asked." };
        var folder = new Argument<string>("folder") { Description = "What bench/nodes has prepared." };
        var seconds = Number("--seconds", "For how long.", 600);
        var command = new Command("nodes-load", "Hold answers of nodes against known ones.") { proxy, folder, seconds };
        command.SetAction(
            async (parsed, token) =>
            {
                var work = parsed.GetValue(folder)!;
                var known = await KnownAnswers.ReadAsync(Path.Combine(work, "peace"), token);
                using var load = new NodesLoad(
                    new(parsed.GetValue(proxy)!),
                    (await File.ReadAllTextAsync(Path.Combine(work, "token"), token)).Trim(),
                    known,
                    Environment.GetEnvironmentVariable("USERREPORTS__Workspace")!,
                    Path.Combine(work, "outages")
                );
                return await load.RunAsync(TimeSpan.FromSeconds(parsed.GetValue(seconds)), token);
            }
        );
        return command;
    }

    private static Command All()
    {
        var runs = Number("--runs", "Timed rounds of each query.", 100);
        var only = Only(Everything.Topics);
        var output = new Option<string?>("--output") { Description = "The JSON file to write." };
        var command = new Command("all", "Measure and print one table.") { Accounts, runs, only, output };
        command.SetAction(
            async (parsed, token) =>
            {
                var count = parsed.GetValue(Accounts);
                var topics = Names(parsed.GetValue(only));
                var results = await Everything.MeasureAsync(count, parsed.GetValue(runs), topics, token);
                results.Save(parsed.GetValue(output) ?? $"artifacts/bench/{count}.json");
                results.Print(Console.Out);
            }
        );
        return command;
    }

    private static Command Compare()
    {
        var before = new Argument<string>("before") { Description = "Results of the older run." };
        var after = new Argument<string>("after") { Description = "Results of the newer run." };
        var command = new Command("compare", "Name what got slower by more than 20 %.") { before, after };
        command.SetAction(parsed =>
        {
            var worse = Comparison.Regressions(
                BenchResults.Load(parsed.GetValue(before)!),
                BenchResults.Load(parsed.GetValue(after)!)
            );
            foreach (var line in worse)
                Console.WriteLine(line);
            Console.WriteLine(worse.Count == 0 ? "Nothing got slower by more than 20 %." : $"{worse.Count} got worse.");
            return worse.Count == 0 ? 0 : 1;
        });
        return command;
    }

    private static Command Pages()
    {
        var command = new Command(
            "pages",
            "Fill a store with made-up reports and time its pages, each run with other values."
        )
        {
            Folder,
            Accounts,
        };
        command.SetAction(
            (parsed, token) => PageBench.RunAsync(parsed.GetValue(Folder)!, parsed.GetValue(Accounts), token)
        );
        return command;
    }

    private static Command FollowStore()
    {
        var seconds = Number("--seconds", "How long each rate of changes is kept up.", 60);
        var command = new Command(
            "follow-store",
            "Change accounts of a store every second, and time pages beside that, in peace and after a run."
        )
        {
            Folder,
            Accounts,
            seconds,
        };
        command.SetAction(
            (parsed, token) =>
                FollowStoreBench.RunAsync(
                    parsed.GetValue(Folder)!,
                    parsed.GetValue(Accounts),
                    parsed.GetValue(seconds),
                    Console.Out,
                    token
                )
        );
        return command;
    }

    private static Command Follow()
    {
        var mode = new Option<string>("--mode")
        {
            Description = "How the sources are followed: feed or poll.",
            DefaultValueFactory = _ => "feed",
        };
        mode.AcceptOnlyFromAmong("feed", "poll");
        var rates = new Option<int[]>("--rate")
        {
            Description = "Changes a second; one after the other if given several times.",
            DefaultValueFactory = _ => [50, 200],
        };
        var seconds = Number("--seconds", "How long each rate of changes is kept up.", 60);
        var command = new Command(
            "follow",
            "Commit changes in the sources, and time until the list shows them, and pages beside that."
        )
        {
            Accounts,
            mode,
            rates,
            seconds,
        };
        command.SetAction(
            (parsed, token) =>
                FollowBench.RunAsync(
                    new(
                        parsed.GetValue(Accounts),
                        parsed.GetValue(mode)!,
                        parsed.GetValue(rates)!,
                        parsed.GetValue(seconds)
                    ),
                    Console.Out,
                    token
                )
        );
        return command;
    }

    private static Command Costs()
    {
        var command = new Command(
            "costs",
            "Print the processor time a row of each kind of condition, order and figure."
        )
        {
            Folder,
            Accounts,
        };
        command.SetAction(
            (parsed, token) =>
                ConditionCosts.RunAsync(parsed.GetValue(Folder)!, parsed.GetValue(Accounts), Console.Out, token)
        );
        return command;
    }

    private static Command Stall()
    {
        var command = new Command(
            "stall",
            "Time one account's questions while another one asks the worst that is taken."
        )
        {
            Folder,
            Accounts,
        };
        command.SetAction(
            (parsed, token) =>
                StallBench.RunAsync(parsed.GetValue(Folder)!, parsed.GetValue(Accounts), Console.Out, token)
        );
        return command;
    }

    private static Command Exports()
    {
        var some = new Option<string?>("--only") { Description = "What cases' names begin with, separated by commas." };
        var command = new Command(
            "exports",
            "Fill a store with made-up reports and time its exports, with their memory."
        )
        {
            Folder,
            Accounts,
            some,
        };
        command.SetAction(
            async (parsed, token) =>
            {
                var count = parsed.GetValue(Accounts);
                var cases = Names(parsed.GetValue(some));
                var figures = await ExportBench.RunAsync(parsed.GetValue(Folder)!, count, cases, token);
                BenchResults.Of(count, figures).Print(Console.Out);
            }
        );
        return command;
    }

    private static Command Passes()
    {
        var passes = Number("--passes", "Full passes to make, one after the other.", 20);
        var command = new Command("passes", "Print the store's size and its pages' times after each of many passes.")
        {
            Accounts,
            passes,
        };
        command.SetAction(
            (parsed, token) =>
                PassesBench.RunAsync(parsed.GetValue(Accounts), parsed.GetValue(passes), Console.Out, token)
        );
        return command;
    }

    private static Command Access()
    {
        var command = new Command(
            "access",
            "Time audit lines, and refusals of unknown names beside those of wrong passwords."
        );
        command.SetAction((_, token) => AccessBench.RunAsync(Console.Out, token));
        return command;
    }

    private static Command Explorer()
    {
        var open = Number("--pages", "Pages open at once.", 50);
        var times = Number("--times", "How often each act is timed; 0 for not at all.", 50);
        var command = new Command("explorer", "Time the explorer in a browser, and weigh pages that stay open.")
        {
            Folder,
            Accounts,
            times,
            open,
        };
        command.SetAction(
            (parsed, token) =>
                ExplorerBench.RunAsync(
                    parsed.GetValue(Folder)!,
                    parsed.GetValue(Accounts),
                    parsed.GetValue(times),
                    parsed.GetValue(open),
                    Console.Out,
                    token
                )
        );
        return command;
    }

    private static Command Cluster()
    {
        var rounds = Number("--rounds", "Timed rounds of each question.", 20);
        var only = Only(ClusterBench.Topics);
        var command = new Command(
            "cluster",
            "Load made-up reports into the ClickHouse servers that were started, and time what is asked of them."
        )
        {
            Accounts,
            rounds,
            only,
        };
        command.SetAction(
            (parsed, token) =>
                ClusterBench.RunAsync(
                    parsed.GetValue(Accounts),
                    parsed.GetValue(rounds),
                    Names(parsed.GetValue(only)) ?? ClusterBench.Topics,
                    Console.Out,
                    token
                )
        );
        return command;
    }

    private static Option<int> Number(string name, string description, int otherwise) =>
        new(name) { Description = description, DefaultValueFactory = _ => otherwise };

    private static Option<string?> Only(IReadOnlyList<string> topics)
    {
        var only = new Option<string?>("--only") { Description = "Topics, separated by commas; all by default." };
        only.Validators.Add(option =>
        {
            foreach (var topic in (Names(option.GetValueOrDefault<string?>()) ?? []).Except(topics))
                option.AddError($"'{topic}' is no topic. There are: {string.Join(", ", topics)}.");
        });
        return only;
    }

    /// <summary>A command of its own databases, which prints what it finds.</summary>
    private static Command Simple(
        string name,
        string description,
        Func<int, TextWriter, CancellationToken, Task> measure
    )
    {
        var command = new Command(name, description) { Accounts };
        command.SetAction((parsed, token) => measure(parsed.GetValue(Accounts), Console.Out, token));
        return command;
    }

    private static string[]? Names(string? list) =>
        list?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
