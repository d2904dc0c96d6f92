using System.Text;
using System.Text.Json;
using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Store.Contract.Samples;
using UserReports.Store.History;
using UserReports.Testing;

namespace UserReports.Store.Contract.History;

/// <summary>What differs between two moments: against comparing all rows of both by hand.</summary>
public abstract class ComparisonContract<TEngine> : StoreContract<TEngine>
    where TEngine : IStoreEngine
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Random questions about random pairs of three days and the present, each against a comparison of the
    /// full exports that were made on those days.</summary>
    [Fact]
    [Trait("Category", "Random")]
    public async Task Compare_RandomTextsAndDays_AgreesWithTwoFullExports()
    {
        var count = Chance.Count(60, 1_000, "USERREPORTS_TEST_QUERIES");
        var random = new Random(Chance.Seed);
        List<Report> reports = new AwkwardReports(Chance.Seed).Make(200);
        await using var store = await WithAsync(reports);
        List<(DateTimeOffset? Moment, Dictionary<(long, string?), EvaluatedRow> Rows)> states = [];
        for (var day = 0; day < 3; day++)
        {
            var kept = store.Store.History.Keep(Token)!.TakenAt;
            states.Add((kept.AddTicks(1), await ExportedAsync(store, reports)));
            store.Time.Advance(Day);
            reports = Later(reports, new AwkwardReports(Chance.Seed + day + 1).Make(200), random);
            await store.RunAsync(reports);
        }

        states.Add((null, await ExportedAsync(store, reports)));
        var texts = new RandomQueryTexts(Chance.Seed, [.. states.SelectMany(state => state.Rows.Values)]);
        for (var i = 0; i < count; i++)
        {
            var (q, ordering) = (texts.Query(), texts.Ordering());
            var first = random.Next(states.Count - 1);
            var second = random.Next(first + 1, states.Count);
            var told = $"{Chance.Told}, query {i}, days {first} and {second}: {q} / {ordering}";
            var query = QueryCompiler.Compile(q, ordering).Query!;
            var shown = (RowChange)(i % 7 + 1);
            var asked = new ComparisonQuery(
                query,
                ComparedField.Of(query.Filter),
                states[first].Moment,
                states[second].Moment,
                shown
            );
            var (counts, expected) = Compare(states[first].Rows, states[second].Rows, asked);

            var page = await store.Store.History.CompareAsync(asked, new(15), null, Token);
            List<string> found = [.. page.Rows.Select(Spell)];
            for (var pages = 0; page.Next is { } key && pages < 3; pages++)
            {
                page = await store.Store.History.CompareAsync(asked, new(15, Key: key), null, Token);
                found.AddRange(page.Rows.Select(Spell));
            }

            Assert.True(counts == page.Counts, $"{told}: expected {counts}, counted {page.Counts}");
            Assert.True(
                found.SequenceEqual(page.Next is null ? expected : expected.Take(60)),
                $"{told}: other rows, or in another order"
            );
            if (i % 5 == 0)
                Assert.True((await AllAsync(store, asked)).SequenceEqual(expected), $"{told}: other rows exported");
        }
    }

    [Fact]
    public async Task Compare_RowsThatAreNewOrGone_SayThatThereIsNoOther()
    {
        var reports = SampleReports.Make(30);
        await using var store = await WithAsync([.. reports.Take(20)]);
        var from = store.Store.History.Keep(Token)!.TakenAt.AddTicks(1);
        store.Time.Advance(Day);
        await store.RunAsync([.. reports.Skip(10)]);

        var page = await store.Store.History.CompareAsync(new(new(null, []), [], from, null), new(100), null, Token);

        Assert.Equal(new(10, 10, 0, 10), page.Counts);
        Assert.Equal(
            [(RowChange.Left, 10), (RowChange.Entered, 10)],
            page.Rows.GroupBy(row => row.Change).Select(rows => (rows.Key, rows.Count()))
        );
        Assert.All(page.Rows, row => Assert.Equal(row.Change == RowChange.Left, row.Is is null));
        Assert.All(page.Rows, row => Assert.Equal(row.Change == RowChange.Entered, row.Was is null));
        Assert.Null(page.Next);
        Assert.Equal((20, 20), (page.From.Rows, page.To.Rows));
    }

    [Fact]
    public async Task Compare_RowsReplacedSinceTheRun_AreOfThePresent()
    {
        var reports = SampleReports.Make(12);
        await using var store = await WithAsync(reports);
        var from = store.Store.History.Keep(Token)!.TakenAt.AddTicks(1);
        var query = QueryCompiler.Compile("username:renamed", "").Query!;
        var asked = new ComparisonQuery(query, ComparedField.Of(query.Filter), from, null);
        var before = await store.Store.History.CompareAsync(asked, new(5), null, Token);
        var renamed = SampleReports.MakeOne(new Random(5), 3, "renamed");

        await store.Store.Corrections.ReplaceAccountsAsync([3], [renamed], Token);
        var page = await store.Store.History.CompareAsync(asked, new(5), null, Token);

        Assert.Equal(new(0, 0, 0, 0), before.Counts);
        Assert.Equal(1, page.Counts.Entered);
        var row = Assert.Single(page.Rows);
        Assert.Equal("\"renamed\"", asked.Fields[0].Read(JsonElement.Parse(row.Is!.Value.Span)));
    }

    [Fact]
    public async Task Compare_NoSnapshotSoEarly_SaysWhichThereAre()
    {
        await using var store = await WithAsync(SampleReports.Make(3));
        var kept = store.Store.History.Keep(Token)!;
        var asked = new ComparisonQuery(ReportQuery.Everything, [], kept.TakenAt, null);

        var e = await Assert.ThrowsAsync<NoHistoryException>(() =>
            store.Store.History.CompareAsync(asked, new(5), null, Token)
        );
        await Assert.ThrowsAsync<NoHistoryException>(() =>
            store.Store.History.ExportComparisonAsync(asked, null, Token)
        );

        Assert.Equal([kept.Day], e.Days);
    }

    private static List<Report> Later(List<Report> then, List<Report> others, Random random)
    {
        var byKey = others.ToDictionary(report => (report.UserId, report.OrganizationId));
        List<Report> later = [];
        foreach (var report in then)
        {
            var key = (report.UserId, report.OrganizationId);
            byKey.Remove(key, out var other);
            if (random.Next(6) > 0)
                later.Add(other is not null && random.Next(2) == 0 ? other : report);
        }

        // An account has rows with an organisation, or one without any.
        var present = later.Select(report => report.UserId).ToHashSet();
        later.AddRange(byKey.Values.Where(report => !present.Contains(report.UserId)));
        return later;
    }

    /// <summary>All rows of the present, which are those of a full export of it.</summary>
    private static async Task<Dictionary<(long, string?), EvaluatedRow>> ExportedAsync(
        StoreUnderTest store,
        IEnumerable<Report> reports
    )
    {
        var rows = reports.Select(EvaluatedRow.Of).ToDictionary(row => (row.UserId, row.OrganizationId));
        await using var export = await store.Store.Reader.ExportAsync(ReportQuery.Everything, Token);
        List<string> exported = [];
        await foreach (var chunk in export.Chunks)
        {
            for (var i = 0; i < chunk.Count; i++)
                exported.Add(Encoding.UTF8.GetString(chunk[i].Span));
        }

        Assert.Equal(
            rows.Values.Select(row => row.Json.GetRawText()).Order(StringComparer.Ordinal),
            exported.Order(StringComparer.Ordinal)
        );
        return rows;
    }

    private static (ComparisonCounts Counts, List<string> Rows) Compare(
        Dictionary<(long, string?), EvaluatedRow> earlier,
        Dictionary<(long, string?), EvaluatedRow> later,
        ComparisonQuery query
    )
    {
        var met = QueryEvaluator.Evaluate(earlier.Values, query.Query).Select(KeyOf).ToHashSet();
        var meets = QueryEvaluator.Evaluate(later.Values, query.Query).Select(KeyOf).ToHashSet();
        Dictionary<EvaluatedRow, RowChange> changes = new(ReferenceEqualityComparer.Instance);
        foreach (var key in met.Union(meets))
        {
            var change =
                !met.Contains(key) ? RowChange.Entered
                : !meets.Contains(key) ? RowChange.Left
                : query.Fields.Any(field => field.Read(earlier[key].Json) != field.Read(later[key].Json))
                    ? RowChange.Changed
                : RowChange.None;
            changes[change == RowChange.Left ? earlier[key] : later[key]] = change;
        }

        var order = QueryEvaluator.Evaluate(changes.Keys, query.Query with { Filter = null });
        return (
            new(Count(RowChange.Entered), Count(RowChange.Left), Count(RowChange.Changed), Count(RowChange.None)),
            [
                .. order
                    .Where(row => query.Shown.HasFlag(changes[row]) && changes[row] != RowChange.None)
                    .Select(row =>
                        Spell(
                            changes[row],
                            earlier.GetValueOrDefault(KeyOf(row))?.Json.GetRawText(),
                            later.GetValueOrDefault(KeyOf(row))?.Json.GetRawText()
                        )
                    ),
            ]
        );

        long Count(RowChange change) => changes.Values.Count(one => one == change);
    }

    private static async Task<List<string>> AllAsync(StoreUnderTest store, ComparisonQuery query)
    {
        await using var export = await store.Store.History.ExportComparisonAsync(query, null, Token);
        List<string> rows = [];
        await foreach (var chunk in export.Chunks)
            rows.AddRange(chunk.Select(Spell));
        Assert.Equal(export.Count, rows.Count);
        return rows;
    }

    private static (long, string?) KeyOf(EvaluatedRow row) => (row.UserId, row.OrganizationId);

    private static string Spell(ComparedRow row) => Spell(row.Change, Text(row.Was), Text(row.Is));

    private static string Spell(RowChange change, string? was, string? present) => $"{change}\n{was}\n{present}";

    private static string? Text(ReadOnlyMemory<byte>? document) =>
        document is { } text ? Encoding.UTF8.GetString(text.Span) : null;
}
