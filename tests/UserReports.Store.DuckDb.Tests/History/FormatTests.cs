using System.Security.Cryptography;
using System.Text;
using UserReports.Core.Query;
using UserReports.Store.DuckDb.History;
using UserReports.Store.DuckDb.History.Parquet;
using UserReports.Store.History;
using UserReports.Testing;

namespace UserReports.Store.DuckDb.Tests.History;

/// <summary>Files that another version wrote: one that was kept, and some whose catalogue was another.</summary>
public sealed class FormatTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>
    /// The file was written by the first version of format 1, from forty accounts. It is never written anew: what
    /// can no
    /// longer be read of it is a fault of the version that cannot.
    /// </summary>
    [Fact]
    public async Task Read_FileOfTheFirstVersion_AnswersAsItDidThen()
    {
        var file = Path.Combine(AppContext.BaseDirectory, "History", "format-1.parquet");
        await using var store = await WithFileAsync(path => File.Copy(file, path));
        Assert.Null(Assert.Single(await store.Store.History.ExamineAsync(Token)).Damage);
        var then = await store.Store.History.AtAsync(DateTimeOffset.MaxValue, Token);

        Assert.Equal(new DateTimeOffset(2026, 12, 1, 10, 57, 30, TimeSpan.Zero), Whole(then.Snapshot!.CompletedAt));
        var all = await then.FindAsync(QueryCompiler.Compile("", "date_joined").Query!, new(100), Token);
        var text = string.Concat(all.Documents.Select(document => Encoding.UTF8.GetString(document.Span) + "\n"));
        Assert.Equal(
            "5e5e1ff2bf14eca00ca2462f958ac3c93df87ad075ebc98be87ade7e56a8f1dd",
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))
        );
        foreach (
            var (q, rows) in new[]
            {
                ("is_active:true", 38),
                ("service_usage__total_storage_bytes__gte:1000", 29),
                ("username__icontains:FIELD", 3),
                ("subscriptions[]__status:active", 9),
                ("extra_details__data__country:KEN", 9),
                ("organization__isnull:true", 2),
                ("activity__submissions_by_week__11__gt:50", 5),
            }
        )
            Assert.Equal(rows, await CountAsync(then, q));
    }

    [Fact]
    public async Task Read_FieldIsMissing_IsNullInEachRow()
    {
        await using var store = await ChangedAsync(
            "* exclude (asset_count, \"social_accounts[]\", \"social_accounts[]__uid\", email)",
            fields => fields.Where(field => field.Key is not ("asset_count" or "email"))
        );
        var then = await store.Store.History.AtAsync(DateTimeOffset.MaxValue, Token);

        Assert.Equal(40, await CountAsync(then, "asset_count__isnull:true"));
        Assert.Equal(0, await CountAsync(then, "asset_count__gte:0"));
        Assert.Equal(0, await CountAsync(then, "email__icontains:abc"));
        Assert.Equal(40, await CountAsync(then, "social_accounts[]:"));
        Assert.DoesNotContain("asset_count", (await store.Store.History.ListAsync(Token))[0].Fields);
        var page = await then.FindAsync(QueryCompiler.Compile("", "-asset_count,username").Query!, new(10), Token);
        Assert.Equal(10, page.Documents.Count);
        var summary = SummaryCompiler.Compile("", null, "count,asset_count__sum").Query!;
        Assert.Equal([40L, null], (await then.SummarizeAsync(summary, Token)).Total.Values);
    }

    [Fact]
    public async Task Read_TypeHasChanged_IsCastWhereItIsTheSame_AndRefusedWithWordsElsewhere()
    {
        await using var store = await ChangedAsync(
            "* replace (asset_count::integer as asset_count, is_staff::bigint as is_staff, user_id::varchar as username)",
            ChangedSnapshot.WithIntegerStaff
        );
        var then = await store.Store.History.AtAsync(DateTimeOffset.MaxValue, Token);

        Assert.Equal(
            await CountAsync(store.Store.Reader, "asset_count__gte:10"),
            await CountAsync(then, "asset_count__gte:10")
        );
        Assert.Equal(40, await CountAsync(then, "username__regex:\"^[0-9]+$\""));
        foreach (
            var ask in (Func<Task>[])
                [
                    () => CountAsync(then, "username__contains:1 OR NOT is_staff:true"),
                    () => CountAsync(then, "is_staff__isnull:true"),
                    () => then.FindAsync(QueryCompiler.Compile("", "is_staff").Query!, new(1), Token),
                    () => then.ExportAsync(QueryCompiler.Compile("", "is_staff").Query!, Token),
                    () => then.SummarizeAsync(SummaryCompiler.Compile("", "is_staff", "count").Query!, Token),
                ]
        )
        {
            var e = await Assert.ThrowsAsync<ChangedFieldException>(ask);
            Assert.Equal(
                "The field is_staff was integer in the snapshot of that day and is boolean now, so it cannot be asked for there. Leave it out, or ask of a later day.",
                e.Message
            );
        }
    }

    /// <summary>Keys that had columns then, and those that have some now, answer alike.</summary>
    [Fact]
    public async Task Read_OtherKnownKeys_AnswerAsThePresentDoes()
    {
        await using var store = await ChangedAsync(
            // The country stands with the other keys, and one of those has a column.
            "* exclude (extra_details__data__country) replace (case when extra_details__data__country is null then "
                + "extra_details__data else json_merge_patch(coalesce(extra_details__data, '{}'), "
                + "json_object('country', extra_details__data__country))::varchar end as extra_details__data), "
                + "case when extra_details__data is not null then 'x' end as extra_details__data__formerly",
            fields => fields,
            keys => [.. keys.Where(key => key != "country"), "formerly"]
        );
        var then = await store.Store.History.AtAsync(DateTimeOffset.MaxValue, Token);

        foreach (
            var q in new[]
            {
                "extra_details__data__country:KEN",
                "extra_details__data__country__icontains:e",
                "extra_details__data__country__isnull:true",
                "extra_details__data__sector__isnull:false",
            }
        )
            Assert.Equal(await CountAsync(store.Store.Reader, q), await CountAsync(then, q));
        Assert.Equal(
            await CountAsync(store.Store.Reader, "extra_details__data__isnull:false"),
            await CountAsync(then, "extra_details__data__formerly:x")
        );
    }

    /// <summary>A value below a list that is collected by now, and was not then.</summary>
    [Fact]
    public async Task Read_ValuesThatWereNotCollected_AreTakenFromTheirLists()
    {
        await using var store = await ChangedAsync(
            "* exclude (\"subscriptions[]__status\", \"subscriptions[]__items[]__price__product__name\")",
            fields => fields
        );
        var then = await store.Store.History.AtAsync(DateTimeOffset.MaxValue, Token);

        foreach (
            var q in new[]
            {
                "subscriptions[]__status:active",
                "subscriptions[]__status__in:active,canceled",
                "subscriptions[]__items[]__price__product__name__isnull:false",
            }
        )
            Assert.Equal(await CountAsync(store.Store.Reader, q), await CountAsync(then, q));
    }

    [Fact]
    public async Task Open_LaterFormat_IsNamedAndLeftOut()
    {
        await using var store = await ChangedAsync("*", fields => fields, format: 2);

        var day = Assert.Single(await store.Store.History.ListAsync(Token));
        Assert.Equal("It was written by a later version, in format 2.", day.Damage);
    }

    private static DateTimeOffset Whole(DateTimeOffset instant) =>
        new(instant.Ticks / 10_000_000 * 10_000_000, TimeSpan.Zero);

    private static async Task<long> CountAsync(IReportReader reader, string q) =>
        (await reader.FindAsync(QueryCompiler.Compile(q, "").Query!, new(1), Token)).Count!.Value;

    /// <summary>A store whose only snapshot was written with other columns.</summary>
    private static async Task<TemporaryStore> ChangedAsync(
        string selection,
        Func<IEnumerable<KeyValuePair<string, string>>, IEnumerable<KeyValuePair<string, string>>> fieldsOf,
        Func<IReadOnlyList<string>, IReadOnlyList<string>>? keysOf = null,
        int format = SnapshotNotes.FormatVersion
    )
    {
        var reports = SampleReports.Make(
            40,
            detailsOf: id => $$"""{"country":"{{(id % 3 == 0 ? "KEN" : "PER")}}","other":{{id}}}"""
        );
        var store = await TemporaryStore.WithAsync(reports);
        store.Store.History.Keep(Token);
        var takenAt = store.Time.GetUtcNow();
        await store.Store.DisposeAsync();
        ChangedSnapshot.Rewrite(store.Settings, takenAt, selection, fieldsOf, keysOf, format);
        store.Open();
        return store;
    }

    private static async Task<TemporaryStore> WithFileAsync(Action<string> put)
    {
        var store = TemporaryStore.Empty();
        await store.Store.DisposeAsync();
        var folder = HistoryFolder.Of(store.Settings.Path);
        folder.Make();
        put(folder.FileOf(new(2026, 12, 1), 1));
        store.Open();
        return store;
    }
}
