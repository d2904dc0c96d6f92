using System.Text.Json;
using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Testing;

namespace UserReports.Store.Contract.Reading;

/// <summary>Accounts by number, accounts of old rows, accounts by chance.</summary>
public abstract class AccountsContract<TEngine> : StoreContract<TEngine>
    where TEngine : IStoreEngine
{
    [Fact]
    public async Task FindAccounts_KnownAndUnknown_GivesTheKnownOnesDocumentsByAccount()
    {
        var reports = SampleReports.Make(60);
        await using var store = await WithAsync(reports);
        long[] asked = [reports[7].UserId, 999_999, reports[3].UserId];

        var found = await store.Store.Reader.FindAccountsAsync(asked, Token);

        var expected = reports.Where(report => asked.Contains(report.UserId)).OrderBy(report => report.UserId).ToList();
        Assert.Equal(expected.Select(report => report.UserId), found.Select(document => document.AccountId));
        Assert.Equal(
            expected.Select(report => report.Account.Username),
            found.Select(document => JsonElement.Parse(document.Document.Span).GetProperty("username").GetString())
        );
        Assert.Empty(await store.Store.Reader.FindAccountsAsync([], Token));
    }

    [Fact]
    public async Task StaleAccounts_OfAPage_AreItsOldOnesInItsOrder()
    {
        var old = SampleReports.Now.AddHours(-5);
        List<Report> reports =
        [
            .. Enumerable
                .Range(1, 40)
                .Select(id => SampleReports.MakeOne(new(id), id, lastUpdated: old.AddMinutes(id - 1))),
        ];
        await using var store = await WithAsync(reports);
        var byDate = QueryCompiler.Compile("", "-last_updated").Query!;
        var before = old.AddMinutes(10);
        long[] oldest = [.. reports.Take(10).Select(report => report.UserId).Reverse()];

        async Task<IReadOnlyList<long>> AskAsync(PageRequest page, int max = 1000) =>
            await store.Store.Reader.StaleAccountsAsync(byDate, page, before, max, Token);

        Assert.Equal(oldest, await AskAsync(new(1000)));
        Assert.Equal(oldest.Take(4), await AskAsync(new(1000), 4));
        Assert.Equal(oldest.Take(5), await AskAsync(new(20, 15)));
        Assert.Empty(await AskAsync(new(30)));

        await store.Store.Corrections.ReplaceAccountsAsync(
            [oldest[0]],
            [SampleReports.MakeOne(new(1), oldest[0])],
            Token
        );
        Assert.Equal(oldest.Skip(1), await AskAsync(new(1000)));
    }

    [Fact]
    public async Task StaleAccounts_OfOneAccount_IsItOrNone()
    {
        var report = SampleReports.Make(30).First(report => report.Account.Uid is not null);
        var uid = report.Account.Uid!;
        await using var store = await WithAsync([report]);

        Task<IReadOnlyList<long>> AskAsync(string userUid, DateTimeOffset before) =>
            store.Store.Reader.StaleAccountsAsync(userUid, before, 10, Token);

        Assert.Equal([report.UserId], await AskAsync(uid, report.LastUpdated.AddSeconds(1)));
        Assert.Empty(await AskAsync(uid, report.LastUpdated));
        Assert.Empty(await AskAsync("nobody", DateTimeOffset.MaxValue));
    }

    [Fact]
    public async Task SampleAccounts_FewerOrMoreThanThereAre_AreDifferentAccountsOfTheStore()
    {
        var reports = SampleReports.Make(300);
        await using var store = await WithAsync(reports);
        await store.Store.Corrections.ReplaceAccountsAsync([reports[0].UserId], [reports[0]], Token);
        var all = reports.Select(report => report.UserId).ToHashSet();

        var some = await store.Store.Reader.SampleAccountsAsync(50, Token);
        Assert.Equal(50, some.Distinct().Count());
        Assert.Subset(all, some.ToHashSet());
        Assert.Equal(all, (await store.Store.Reader.SampleAccountsAsync(1000, Token)).ToHashSet());
        // That two samples are the same by chance has a probability of less than 10^-50.
        Assert.NotEqual(some.Order(), (await store.Store.Reader.SampleAccountsAsync(50, Token)).Order());
    }
}
