using System.Globalization;
using UserReports.Sources.Connections;
using UserReports.Sources.Schema;

namespace UserReports.Feed.Polling;

/// <summary>
/// What is asked of a database: only what an index serves, or a table small enough. Decided from the catalogue.
/// </summary>
internal sealed class PollPlan(PollSettings settings)
{
    private List<PollQuestion> questions = [];
    private List<FeedQuestion> unasked = [];

    /// <summary>The questions, in the order in which they are asked.</summary>
    public IReadOnlyList<PollQuestion> Questions => questions;

    /// <summary>What is asked, then what is not.</summary>
    public IReadOnlyList<FeedQuestion> Shown => [.. questions.Select(question => question.Shown), .. unasked];

    /// <summary>Decides, anew if need be: a question that stays keeps what it remembers.</summary>
    public async Task DecideAsync(SourceSession session, string database, CancellationToken cancellationToken)
    {
        var catalogue = await SourceCatalogue.ReadAsync(session, cancellationToken);
        var tables = PolledTable.Of(database);
        var statistics = await TableStatistics.ReadAsync(
            session,
            [.. tables.Select(table => table.Touch.Name)],
            settings.WholeRowsMax,
            cancellationToken
        );
        List<PollQuestion> decided = [];
        List<FeedQuestion> left = [];
        foreach (var table in tables)
        {
            if (!catalogue.Has(table.Touch.Name))
                continue;
            var rows = new PolledRows(catalogue, table);
            if (!rows.CanAsk || !statistics.TryGetValue(table.Touch.Name, out var known))
            {
                left.Add(
                    new(
                        $"{table.Touch.Name}: all rows",
                        null,
                        "It lacks a column by which its rows are told apart, or is no table: changes wait for the next run."
                    )
                );
                continue;
            }

            Decide(catalogue, table, rows, known, decided, left);
        }

        questions = [.. decided.Select(Keep)];
        unasked = left;
    }

    private static string Count(long rows) => rows.ToString("N0", CultureInfo.InvariantCulture).Replace(',', ' ');

    private void Decide(
        SourceCatalogue catalogue,
        PolledTable table,
        PolledRows rows,
        TableStatistics known,
        List<PollQuestion> decided,
        List<FeedQuestion> left
    )
    {
        var name = table.Touch.Name;
        if (known.Rows <= settings.WholeRowsMax && known.Pages <= settings.PagesMax)
        {
            var whole = new WholeTable(table, rows, settings);
            Take(
                whole,
                Math.Max(1, RoundsFor(known.Pages)),
                $"It has {Count(known.Rows)} rows, which are all compared."
            );
            return;
        }

        if (table.Day is { } day)
        {
            if (known.Serves(day) && (known.Indexed is null || catalogue.Find(name, day)?.Type == SourceType.Date))
                Take(new RecentSums(table, rows, settings), 1, Served(day));
            else
                left.Add(new($"{name}: counters of today and yesterday", null, Unserved(day)));
            left.Add(
                new(
                    $"{name}: counters of earlier days",
                    null,
                    "They hardly change any more: they wait for the next run."
                )
            );
            return;
        }

        foreach (var column in table.Instants.Where(column => IsInstant(column)))
        {
            var later = new LaterRows(table, rows, column, settings);
            if (known.Serves(column))
                Take(later, 1, Served(column));
            else if (known.Pages <= settings.PagesMax)
                Take(
                    later,
                    RoundsFor(known.Pages),
                    $"No index begins with {column}, but {Count(known.Pages * 8 / 1024)} MB are soon read."
                );
            else
                left.Add(new(later.Subject, null, Unserved(column)));
        }

        var key = table.Keys.FirstOrDefault(column =>
            catalogue.Find(name, column) is { Type: SourceType.Integer } && known.Serves(column)
        );
        if (key is not null && !table.Touch.TouchesEverybody)
            Take(new NewKeys(table, rows, key, settings), 1, Served(key));
        left.Add(
            new(
                $"{name}: other changes, and deletions",
                null,
                $"Only all {Count(known.Rows)} rows would show them: they wait for the next run."
            )
        );

        bool IsInstant(string column) => catalogue.Find(name, column) is { Type: SourceType.Instant };

        string Served(string column) =>
            known.Indexed is null ? $"{column} is read by itself." : $"An index begins with {column}.";

        string Unserved(string column) =>
            $"No index begins with {column}, and {Count(known.Rows)} rows are too many to read: they wait for the next run.";

        void Take(PollQuestion question, int rounds, string reason)
        {
            (question.Rounds, question.Reason) = (rounds, reason);
            decided.Add(question);
        }
    }

    private int RoundsFor(long pages) =>
        (int)Math.Max(1, (pages + settings.PagesPerRound - 1) / settings.PagesPerRound);

    /// <summary>The question as it was asked until now, if it was.</summary>
    private PollQuestion Keep(PollQuestion question)
    {
        if (questions.FirstOrDefault(known => known.Subject == question.Subject) is not { Suspended: null } kept)
            return question;
        (kept.Rounds, kept.Reason) = (question.Rounds, question.Reason);
        return kept;
    }
}
