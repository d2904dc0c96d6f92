using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace UserReports.Server.Commands;

/// <summary>Shows how far a long command has come: a bar for a person, a line now and then for a file.</summary>
internal static class ProgressDisplay
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    /// <param name="what">What is being done, for example <c>Generating accounts</c>.</param>
    /// <param name="unit">What is counted, in the plural.</param>
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
                var task = context.AddTask(Markup.Escape(what), maxValue: Math.Max(1, total ?? 1));
                task.IsIndeterminate = total is null;
                var clock = Stopwatch.StartNew();
                var result = await work(
                    new(
                        (done, of) =>
                        {
                            task.IsIndeterminate = of is null && total is null;
                            task.MaxValue = Math.Max(1, of ?? total ?? done);
                            task.Value = done;
                            task.Description = Markup.Escape(
                                $"{what}, {Count(done)} {unit}, {Rate(done, clock.Elapsed)}/s"
                            );
                        }
                    )
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
            new(
                (done, of) =>
                {
                    lock (shown)
                    {
                        var all = of ?? total;
                        if (clock.Elapsed - last < LineInterval && done != all)
                            return;
                        last = clock.Elapsed;
                        var left =
                            all is { } number && done > 0 && done < number
                                ? $", {Terminal.Spell(clock.Elapsed * ((double)(number - done) / done))} left"
                                : "";
                        terminal.Error.WriteLine(
                            $"{what}: {Count(done)}{(all is null ? "" : $" of {Count(all.Value)}")} {unit}, {Rate(done, clock.Elapsed)}/s{left}"
                        );
                    }
                }
            )
        );
    }

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Rate(long done, TimeSpan elapsed) =>
        Count((long)(done / Math.Max(0.001, elapsed.TotalSeconds)));
}

/// <summary>Told how far the work has come, and how far it goes where that is known.</summary>
internal sealed class ProgressCounter(Action<long, long?> show) : IProgress<long>
{
    private long? total;

    public void Report(long value) => show(value, total);

    public void Report(long value, long of)
    {
        total = of;
        show(value, of);
    }
}
