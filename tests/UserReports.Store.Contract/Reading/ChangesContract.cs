using System.Runtime.CompilerServices;
using System.Text;
using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Store.Contract.Samples;
using UserReports.Testing;

namespace UserReports.Store.Contract.Reading;

/// <summary>
/// Accounts change all the time; every page, count, summary and export is what the evaluator says of the rows as they
/// are.
/// </summary>
public abstract class ChangesContract<TEngine> : StoreContract<TEngine>
    where TEngine : IStoreEngine
{
    private const int Rows = 300;
    private const int Questions = 14;

    [Fact]
    [Trait("Category", "Random")]
    public async Task Everything_WhileAccountsChangeAtRandom_AgreesWithTheEvaluator()
    {
        var steps = Chance.Count(50, 6000, "USERREPORTS_TEST_CHANGES");
        var random = new Random(Chance.Seed);
        var model = new Model(new AwkwardReports(Chance.Seed).Make(Rows));
        await using var store = await WithAsync(model.Reports);
        var texts = new RandomQueryTexts(Chance.Seed, model.Rows);
        var queries = Enumerable.Range(0, Questions).Select(i => Ask(texts, i)).ToList();
        Run? run = null;

        for (var step = 0; step < steps; step++)
        {
            queries[random.Next(Questions)] =
                random.Next(8) == 0 ? Ask(texts, random.Next(Questions)) : queries[random.Next(Questions)];
            long[] ids =
            [
                .. Enumerable.Range(0, random.Next(1, 6)).Select(_ => random.NextInt64(1, Rows + 20)).Distinct(),
            ];
            var others = random.Next(6) == 0 ? [] : new AwkwardReports(Chance.Seed + step).Make(Rows + 20);
            await store.Store.Corrections.ReplaceAccountsAsync(ids, model.Replace(ids, others), Token);
            switch (random.Next(40))
            {
                case 0:
                    await store.ReopenAsync();
                    break;
                case 1 when run is null:
                    run = await store.Store.Runs.StartAsync([(StoreUnderTest.Everyone, Rows)], Token);
                    break;
                case 2 when run is not null:
                    await CompleteAsync(store, run, model);
                    run = null;
                    break;
                case < 12:
                    await store.SettleAsync();
                    break;
            }

            var query = queries[random.Next(Questions)];
            await CheckAsync(store.Store.Reader, query, model, random, $"{Chance.Told}, step {step}");
        }
    }

    [Theory]
    [InlineData("email:{0}", "")]
    [InlineData("username:{0}", "-email")]
    [InlineData("username__iexact:{0}", "-email")]
    [InlineData("email__in:{0},nobody", "last_login")]
    [InlineData("user_uid:{0} is_active:true", "")]
    [InlineData("user_uid:{0}", "")]
    [InlineData("organization__uid:{0}", "username")]
    [InlineData("organization__uid:{0} NOT email:''", "-username")]
    public async Task Find_ExactTextOfEachRow_IsItsRowsBeforeAndAfterTheyChange(string q, string ordering)
    {
        var reports = SampleReports.Make(90);
        var model = new Model(reports);
        await using var store = await WithAsync(reports);
        await store.Store.Reader.FindAsync(ReportQuery.Everything, new(1), Token);
        await store.SettleAsync();
        var random = new Random(3);

        for (var i = 0; i < 24; i++)
        {
            long[] ids = [1 + random.NextInt64(90), 1 + random.NextInt64(100)];
            var others = SampleReports.Make(100, seed: 100 + i);
            await store.Store.Corrections.ReplaceAccountsAsync(ids, model.Replace(ids, others), Token);
            var row = i % 2 == 0 ? model.Reports[random.Next(model.Reports.Count)] : others[(int)ids[0] - 1];
            var text = q.Split('_', ':')[0] switch
            {
                "email" => row.Account.Email,
                "username" => row.Account.Username,
                "user" => row.Account.Uid ?? "none",
                _ => row.Organization?.Uid ?? "none",
            };
            var quoted = q.Contains("__in") ? text : "\"" + text.Replace("\\", "\\\\").Replace("\"", "\\\"") + "\"";
            var compiled = QueryCompiler.Compile(q.Replace("{0}", quoted), ordering);
            Assert.True(compiled.Query is not null, $"{q} of {text}");
            await CheckAsync(store.Store.Reader, compiled.Query, model, random, $"{q} of {text}, step {i}");
        }

        var uid = model.Reports.First(report => report.Account.Uid is not null).Account.Uid!;
        Assert.Equal(
            model.Reports.Where(report => report.Account.Uid == uid).Select(model.TextOf),
            (await store.Store.Reader.FindAccountAsync(uid, Token)).Select(Text)
        );
    }

    [Fact]
    public async Task Snapshot_AccountsChanged_TellsHowManyRowsDid()
    {
        var reports = SampleReports.Make(30);
        await using var store = await WithAsync(reports);
        Assert.Equal(0, store.Store.Reader.Snapshot!.Changed);

        await store.Store.Corrections.ReplaceAccountsAsync([1, 2], [reports[0]], Token);
        await store.Store.Corrections.ReplaceAccountsAsync([1, 3], [reports[0], reports[2]], Token);

        Assert.Equal((29, 2), (store.Store.Reader.Snapshot!.Rows, store.Store.Reader.Snapshot.Changed));
        await store.ReopenAsync();
        Assert.Equal((29, 2), (store.Store.Reader.Snapshot!.Rows, store.Store.Reader.Snapshot.Changed));
        await store.RunAsync(reports);
        Assert.Equal((30, 0), (store.Store.Reader.Snapshot!.Rows, store.Store.Reader.Snapshot.Changed));
        Assert.False(store.Store.Corrections.NeedsRun);
    }

    private static async Task CheckAsync(
        IReportReader reader,
        ReportQuery query,
        Model model,
        Random random,
        string told
    )
    {
        told = $"{told}: {query.Filter} / {string.Join(',', query.Ordering)}";
        var expected = model.Evaluate(query);
        var limit = random.Next(1, 40);
        var offset = random.Next(3) == 0 ? random.Next(expected.Count + 2) : 0;
        var page = await reader.FindAsync(query, new(limit, offset), Token);
        Assert.True(expected.Count == page.Count, $"{told}: {expected.Count} rows, counted {page.Count}");
        AssertSame(expected.Skip(offset).Take(limit), page.Documents, told);
        Assert.Equal(model.Reports.Count, page.Snapshot.Rows);
        Assert.Equal(offset + limit < expected.Count, page.Next is not null);
        Assert.Equal(offset > 0 && page.Documents.Count > 0, page.Previous is not null);
        if (page.Next is { } next)
            AssertSame(
                expected.Skip(offset + limit).Take(limit),
                (await reader.FindAsync(query, new(limit, 0, next), Token)).Documents,
                told + ", next"
            );
        if (page.Previous is { } previous)
            AssertSame(
                expected.Take(offset).TakeLast(limit),
                (await reader.FindAsync(query, new(limit, 0, previous), Token)).Documents,
                told + ", previous"
            );
        switch (random.Next(5))
        {
            case 0:
                await using (var export = await reader.ExportAsync(query, Token))
                {
                    List<ReadOnlyMemory<byte>> exported = [];
                    await foreach (var chunk in export.Chunks)
                        exported.AddRange(chunk);
                    AssertSame(expected, exported, told + ", export");
                }

                break;
            case 1:
                var summary = await reader.SummarizeAsync(
                    SummaryCompiler.Compile("", "is_active", "count,asset_count__sum,asset_count__max").Query! with
                    {
                        Filter = query.Filter,
                    },
                    Token
                );
                Assert.Equal((long)expected.Count, summary.Total.Values[0]);
                var counts = model.Meant(query).Select(report => report.Account.AssetCount).ToList();
                var sum = counts.Aggregate((Int128)0, (sum, count) => sum + count);
                Assert.Equal(
                    counts.Count == 0 ? null
                        : sum == (long)sum ? (long)sum
                        : (object)sum,
                    summary.Total.Values[1]
                );
                Assert.Equal(counts.Count == 0 ? null : counts.Max(), summary.Total.Values[2]);
                Assert.Equal(expected.Count, summary.Groups.Sum(group => (long)group.Values[0]!));
                break;
        }
    }

    private static async Task CompleteAsync(StoreUnderTest store, Run run, Model model)
    {
        await store.Store.Runs.ClaimAsync(run.Uid, "owner", 1, TimeSpan.FromMinutes(1), Token);
        // As it was when the run read it, but for some that changed since: those are corrected.
        await store.Store.Writer.CommitAsync(
            run.Uid,
            "owner",
            [store.Store.Writer.Pack(StoreUnderTest.Everyone, Rows, model.Reports)],
            Token
        );
        while (!await store.Store.Writer.CompleteAsync(run.Uid, "owner", Token))
        {
            var touched = await store.Store.Corrections.TouchedAsync(Token);
            Assert.NotEmpty(touched);
            await store.Store.Corrections.CorrectAsync(
                run.Uid,
                "owner",
                touched,
                [.. model.Reports.Where(report => touched.Contains(report.UserId))],
                Token
            );
        }
    }

    private static ReportQuery Ask(RandomQueryTexts texts, int i)
    {
        while (true)
        {
            var compiled = QueryCompiler.Compile(i % 3 == 0 ? "" : texts.Query(), texts.Ordering());
            if (compiled.Query is { } query)
                return query;
        }
    }

    private static void AssertSame(IEnumerable<string> expected, IEnumerable<ReadOnlyMemory<byte>> found, string told)
    {
        var (wanted, met) = (expected.ToList(), found.Select(Text).ToList());
        var at = wanted.Zip(met).TakeWhile(pair => pair.First == pair.Second).Count();
        Assert.True(
            at == wanted.Count && at == met.Count,
            $"{told}: {met.Count} rows instead of {wanted.Count}, or another one at {at}"
        );
    }

    private static string Text(ReadOnlyMemory<byte> document) => Encoding.UTF8.GetString(document.Span);

    /// <summary>What the store should hold.</summary>
    private sealed class Model(IReadOnlyList<Report> reports)
    {
        private readonly ConditionalWeakTable<Report, EvaluatedRow> evaluated = [];

        public List<Report> Reports { get; private set; } = [.. reports];

        public IEnumerable<EvaluatedRow> Rows => Reports.Select(Row);

        /// <summary>The accounts' new rows, which are those that others have; the old ones are gone.</summary>
        public List<Report> Replace(IReadOnlyCollection<long> ids, IReadOnlyList<Report> others)
        {
            List<Report> added = [.. others.Where(report => ids.Contains(report.UserId))];
            Reports = [.. Reports.Where(report => !ids.Contains(report.UserId)), .. added];
            return added;
        }

        public string TextOf(Report report) => Row(report).Json.GetRawText();

        public List<string> Evaluate(ReportQuery query) =>
            [.. QueryEvaluator.Evaluate(Rows, query).Select(row => row.Json.GetRawText())];

        public IEnumerable<Report> Meant(ReportQuery query)
        {
            var meant = QueryEvaluator.Evaluate(Rows, query).ToHashSet(ReferenceEqualityComparer.Instance);
            return Reports.Where(report => meant.Contains(Row(report)));
        }

        private EvaluatedRow Row(Report report) => evaluated.GetValue(report, EvaluatedRow.Of);
    }
}
