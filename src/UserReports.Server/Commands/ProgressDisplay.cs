using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using UserReports.Core.Figures;
using UserReports.Server.Terminals;

namespace UserReports.Server.Commands;

/// <summary>Shows how far a long command has come: a bar for a person, a line now and then for a file.</summary>
internal static class ProgressDisplay
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    /// <param name="what">What is being done, for example <c>Generating accounts</c>.</param>
    /// <param name="unit">The word for one of what is counted.</param>
    /// <param name="total">How many there are, or null if that is known only later.</param>
    public static Task<T> RunAsync<T>(
        Terminal terminal,
        string what,
        string unit,
        long? total,
        Func<ProgressCounter, Task<T>> work
    ) =>
        terminal.IsInteractive
            ? WithBarAsync(terminal, what, unit, total, work)
            : WithLinesAsync(terminal, what, unit, total, work);

    private static Task<T> WithBarAsync<T>(
        Terminal terminal,
        string what,
        string unit,
        long? total,
        Func<ProgressCounter, Task<T>> work
    ) =>
        terminal
            .Progress.Progress()
            .Columns(
                new TaskDescriptionColumn(),
                new ProgressBarColumn(),
                new PercentageColumn(),
                new RemainingTimeColumn(),
                new ElapsedTimeColumn()
            )
            .StartAsync(async context =>
            {
                var task = context.AddTask(Markup.Escape(VisibleText.Of(what)), maxValue: Math.Max(1, total ?? 1));
                task.IsIndeterminate = total is null;
                var clock = Stopwatch.StartNew();
                var result = await work(
                    new(progress =>
                    {
                        var of = progress.Of ?? total;
                        task.IsIndeterminate = of is null || progress.Done is null;
                        task.MaxValue = Math.Max(1, of ?? progress.Done ?? 1);
                        task.Value = progress.Done ?? 0;
                        task.Description = Markup.Escape(
                            VisibleText.Of($"{what}, {Amount(progress, unit, null)}, {Rate(progress, clock.Elapsed)}")
                        );
                    })
                );
                task.IsIndeterminate = false;
                task.Value = task.MaxValue;
                return result;
            });

    private static async Task<T> WithLinesAsync<T>(
        Terminal terminal,
        string what,
        string unit,
        long? total,
        Func<ProgressCounter, Task<T>> work
    )
    {
        var clock = Stopwatch.StartNew();
        var last = TimeSpan.Zero;
        var shown = new Lock();
        return await work(
            new(progress =>
            {
                lock (shown)
                {
                    var all = progress.Of ?? total;
                    if (clock.Elapsed - last < LineInterval && (all is null || progress.Done != all))
                        return;
                    last = clock.Elapsed;
                    var left =
                        all is { } number && progress.Done is { } done and > 0 && done < number
                            ? $", {Terminal.Spell(clock.Elapsed * ((double)(number - done) / done))} left"
                            : "";
                    terminal.Error.WriteLine(
                        $"{what}: {Amount(progress, unit, all)}, {Rate(progress, clock.Elapsed)}{left}"
                    );
                }
            })
        );
    }

    private static string Amount(Progressed progress, string unit, long? all)
    {
        var of = all is null ? "" : $" of {Count(all.Value)}";
        var words = Counted.Word(all ?? progress.Done ?? 0, unit);
        return progress switch
        {
            { Done: null, Of: { } rows } => $"{Bytes(progress.Bytes)} for {Counted.Of(rows, unit)}",
            { Done: null } => Bytes(progress.Bytes),
            { Bytes: 0 } => $"{Count(progress.Done.Value)}{of} {words}",
            _ => $"{Count(progress.Done.Value)}{of} {words}, {Bytes(progress.Bytes)}",
        };
    }

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Bytes(double number) =>
        number switch
        {
            < 1e6 => string.Create(CultureInfo.InvariantCulture, $"{number / 1e3:0.0} kB"),
            < 1e9 => string.Create(CultureInfo.InvariantCulture, $"{number / 1e6:0.0} MB"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{number / 1e9:0.00} GB"),
        };

    private static string Rate(Progressed progress, TimeSpan elapsed)
    {
        var seconds = Math.Max(0.001, elapsed.TotalSeconds);
        return progress.Done is { } done
            ? $"{Count((long)(done / seconds))}/s"
            : $"{Bytes(progress.Bytes / seconds)}/s";
    }
}

/// <summary>How far some work has come.</summary>
/// <param name="Done">How many of what is counted are done, or null where only the bytes are seen.</param>
/// <param name="Of">How many there are in all, if that is known.</param>
/// <param name="Bytes">Bytes that have come, or 0 if nobody counts them.</param>
internal readonly record struct Progressed(long? Done, long? Of, long Bytes);

/// <summary>Told how far the work has come, and how far it goes where that is known.</summary>
internal sealed class ProgressCounter(Action<Progressed> show) : IProgress<long>
{
    private long? total;

    public void Report(long value) => show(new(value, total, 0));

    public void Report(long value, long of)
    {
        total = of;
        show(new(value, of, 0));
    }

    public void Report(Progressed progress) => show(progress);
}
