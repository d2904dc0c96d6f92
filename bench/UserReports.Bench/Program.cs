using System.CommandLine;
using BenchmarkDotNet.Running;
using UserReports.Bench;
using UserReports.Bench.Access;
using UserReports.Bench.Explorer;
using UserReports.Bench.Exports;
using UserReports.Bench.Queries;
using UserReports.Bench.Results;
using UserReports.Bench.Sources;

var accounts = new Option<int>("--accounts")
{
    Description = "Accounts to generate.",
    DefaultValueFactory = _ => 100_000,
};
var runs = new Option<int>("--runs") { Description = "Timed rounds of each query.", DefaultValueFactory = _ => 100 };
var only = new Option<string?>("--only") { Description = "Topics, separated by commas; all by default." };
var output = new Option<string?>("--output") { Description = "The JSON file to write." };
var all = new Command("all", "Measure and print one table.") { accounts, runs, only, output };
all.SetAction(
    async (parsed, token) =>
    {
        var count = parsed.GetValue(accounts);
        var topics = parsed.GetValue(only)?.Split(',', StringSplitOptions.TrimEntries);
        var results = await Everything.MeasureAsync(count, parsed.GetValue(runs), topics, token);
        results.Save(parsed.GetValue(output) ?? $"artifacts/bench/{count}.json");
        results.Print(Console.Out);
    }
);

var before = new Argument<string>("before") { Description = "Results of the older run." };
var after = new Argument<string>("after") { Description = "Results of the newer run." };
var compare = new Command("compare", "Name what got slower by more than 20 %.") { before, after };
compare.SetAction(parsed =>
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

var folder = new Argument<string>("folder") { Description = "Where the store is kept, to be used again." };
var pages = new Command("pages", "Fill a store with made-up reports and time its pages, each run with other values.")
{
    folder,
    accounts,
};
pages.SetAction((parsed, token) => PageBench.RunAsync(parsed.GetValue(folder)!, parsed.GetValue(accounts), token));

if (args is ["phases", var platform, var usage, var perRange])
{
    await UserReports.Bench.Refreshing.RefreshPhases.RunAsync(
        platform,
        usage,
        int.Parse(perRange, System.Globalization.CultureInfo.InvariantCulture),
        default
    );
    return 0;
}
var some = new Option<string?>("--only") { Description = "What cases' names begin with, separated by commas." };
var exports = new Command("exports", "Fill a store with made-up reports and time its exports, with their memory.")
{
    folder,
    accounts,
    some,
};
exports.SetAction(
    async (parsed, token) =>
    {
        var count = parsed.GetValue(accounts);
        var cases = parsed.GetValue(some)?.Split(',', StringSplitOptions.TrimEntries);
        var figures = await ExportBench.RunAsync(parsed.GetValue(folder)!, count, cases, token);
        BenchResults
            .Of(count, Environment.GetEnvironmentVariable("USERREPORTS_BENCH_COMMIT") ?? "unknown", figures)
            .Print(Console.Out);
    }
);

var open = new Option<int>("--pages") { Description = "Pages open at once.", DefaultValueFactory = _ => 50 };
var times = new Option<int>("--times")
{
    Description = "How often each act is timed; 0 for not at all.",
    DefaultValueFactory = _ => 50,
};
var explorer = new Command("explorer", "Time the explorer in a browser, and weigh pages that stay open.")
{
    folder,
    accounts,
    times,
    open,
};
explorer.SetAction(
    (parsed, token) =>
        ExplorerBench.RunAsync(
            parsed.GetValue(folder)!,
            parsed.GetValue(accounts),
            parsed.GetValue(times),
            parsed.GetValue(open),
            Console.Out,
            token
        )
);

var images = new Argument<string>("images") { Description = "Where the pictures of docs/explorer.md go." };
var pictures = new Command("pictures", "Take the pictures of docs/explorer.md.") { folder, images };
pictures.SetAction((parsed, token) => Pictures.TakeAsync(parsed.GetValue(folder)!, parsed.GetValue(images)!, token));

if (args is ["loops", .. var loops])
{
    BenchmarkSwitcher.FromAssembly(typeof(Everything).Assembly).Run(loops.Length == 0 ? ["--filter", "*"] : loops);
    return 0;
}

var access = new Command("access", "Time audit lines, and refusals of unknown names beside those of wrong passwords.");
access.SetAction((_, token) => AccessBench.RunAsync(Console.Out, token));

var load = new Command("load", "Make one pass and print what it asked of the sources: time, work memory, connections.")
{
    accounts,
};
load.SetAction((parsed, token) => SourceLoadBench.RunAsync(parsed.GetValue(accounts), Console.Out, token));

return await new RootCommand("Measures UserReports.") { all, compare, pages, exports, access, load, explorer, pictures }
    .Parse(args)
    .InvokeAsync();
