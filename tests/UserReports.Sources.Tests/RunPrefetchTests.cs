using Microsoft.Extensions.Time.Testing;
using UserReports.Core.Reports;
using UserReports.Sources.Connections;
using UserReports.Sources.Load;
using UserReports.Sources.Reading;
using UserReports.Sources.Stripe;

namespace UserReports.Sources.Tests;

/// <summary>What a pass reads ahead or guesses saves work, and changes nothing.</summary>
public sealed class RunPrefetchTests
{
    private static readonly AccountRange[] Ranges = [new(int.MinValue, 100), new(101, 200), new(201, int.MaxValue)];

    private readonly FakeTimeProvider time = new(TestDatabases.Now);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ReadRange_WithinAPass_GivesWhatItGivesWithout(bool embedded)
    {
        await using var databases = await TestDatabases.CreateAsync(embedded);
        await using var source = Open(databases);
        var without = await ReadAsync(source);
        if (!embedded)
            await TestDatabases.ExecuteAsync(databases.Platform, "analyze organizations_organization");
        await source.BeginRunAsync(default);
        Assert.Equal(without, await ReadAsync(source));
        Assert.Equal(without, await ReadAsync(source));
    }

    [Fact]
    public async Task ReadRange_OrganizationsLieElsewhereMeanwhile_FindsThem()
    {
        await using var databases = await TestDatabases.CreateAsync(embedded: false);
        await TestDatabases.ExecuteAsync(databases.Platform, "analyze organizations_organization");
        await using var source = Open(databases);
        await source.BeginRunAsync(default);
        var first = ReportSourceTests.Shown(await source.ReadRangeAsync(Ranges[0], TestDatabases.Now, default));
        await TestDatabases.ExecuteAsync(
            databases.Platform,
            """
            create table moved as select * from organizations_organization order by md5(id);
            delete from organizations_organization where id not in (
                select organization_id from organizations_organizationuser where user_id = 150);
            insert into organizations_organization select * from moved m
                where not exists (select from organizations_organization o where o.id = m.id);
            """
        );
        List<string> rest = [];
        foreach (var range in Ranges[1..])
            rest.AddRange(ReportSourceTests.Shown(await source.ReadRangeAsync(range, TestDatabases.Now, default)));

        await using var another = Open(databases);
        Assert.Equal(await ReadAsync(another), [.. first, .. rest]);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData(
        "alter table organizations_organization rename to kept; create view organizations_organization as select * from kept",
        false
    )]
    [InlineData("truncate organizations_organization; analyze organizations_organization", false)]
    public async Task Places_OfATableInTheOrderOfAccounts_AreGuessed(string change, bool isGuessed)
    {
        await using var databases = await TestDatabases.CreateAsync(embedded: false);
        await TestDatabases.ExecuteAsync(databases.Platform, $"analyze organizations_organization; {change}");
        await using var database = SourceDatabase.Create("platform", databases.Platform, new("", ""));
        var places = await database.ReadAsync(
            SourceWork.Run,
            session => HeapBlockLocator.CreateAsync(session, default),
            default
        );
        Assert.Equal(isGuessed, places is not null);
        if (places is null)
            return;

        places.Learn(new(1, 100), [.. Enumerable.Range(0, 100).Select(i => (uint)(10 + (i / 50)))]);
        Assert.Equal(new BlockStretch(10, 14), places.Guess(new(101, 200)));
        Assert.Equal(new BlockStretch(14, 18), places.Guess(new(301, 400)));
        Assert.Null(places.Guess(new(1, 100)));
        Assert.Null(places.Guess(new(100_101, 100_200)));

        // Hundreds of blocks for a hundred organisations: they lie in some other order.
        places.Learn(new(201, 300), [.. Enumerable.Range(0, 100).Select(i => (uint)(i * 7 % 500))]);
        Assert.Equal(new BlockStretch(14, 18), places.Guess(new(301, 400)));

        // Two thirds lie together, the others anywhere.
        places.Learn(
            new(401, 500),
            [.. Enumerable.Range(0, 100).Select(i => (uint)(i % 3 == 0 ? i * 5 : 20 + (i / 50)))]
        );
        Assert.Equal(new BlockStretch(20, 24), places.Guess(new(501, 600)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ReadRange_SomebodyBuysMeanwhile_IsSeenWithinAMinuteAndSinglyAtOnce(bool embedded)
    {
        await using var databases = await TestDatabases.CreateAsync(embedded);
        await using (var source = Open(databases))
        {
            await source.BeginRunAsync(default);
            Assert.NotEqual(0, await SubscriptionsAsync(source.ReadRangeAsync));
        }

        await databases.ChangePlatformAsync("update djstripe_customer set subscriber_id = null");
        await using var open = Open(databases);
        await open.BeginRunAsync(default);
        await databases.ChangePlatformAsync(
            """
            update djstripe_customer set subscriber_id = (select min(organization_id) from organizations_organizationuser)
            where id = (select min(customer_id) from djstripe_subscription)
            """
        );
        // The embedded engine shows another connection's change as well; what was read ahead is what hides it.
        Assert.Equal(0, await SubscriptionsAsync(open.ReadRangeAsync));
        var singly = await open.ReadAccountsAsync(
            [.. Enumerable.Range(1, 300).Select(id => (long)id)],
            TestDatabases.Now,
            default
        );
        Assert.NotEmpty(singly.Organizations.Values.SelectMany(o => o.Subscriptions));
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(0, await SubscriptionsAsync(open.ReadRangeAsync));
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.NotEqual(0, await SubscriptionsAsync(open.ReadRangeAsync));
    }

    [Fact]
    public async Task Read_StatementInTheMiddleFails_TheNextBatchWorks()
    {
        await using var databases = await TestDatabases.EmptyAsync(embedded: false);
        await using var database = SourceDatabase.Create("platform", databases.Platform, new("", ""));
        for (var attempt = 0; attempt < 8; attempt++)
        {
            var divisor = attempt % 2;
            List<long> read = [];
            Task<bool> ReadAsync() =>
                database.ReadAsync(
                    SourceWork.Run,
                    async session =>
                    {
                        await session.ReadAsync(
                            [
                                new("select cast($1 as int)", row => read.Add(row.Integer(0)), 1),
                                new("select 2 / cast($1 as int)", row => read.Add(row.Integer(0)), divisor),
                                new("select cast($1 as int) + 0", row => read.Add(row.Integer(0)), 3),
                            ],
                            default
                        );
                        return true;
                    },
                    default
                );

            if (divisor == 0)
            {
                var error = await Assert.ThrowsAsync<SourceException>(ReadAsync);
                Assert.Contains("division by zero", error.Message, StringComparison.Ordinal);
            }
            else
            {
                await ReadAsync();
                Assert.Equal([1, 2, 3], read);
            }
        }
    }

    [Fact]
    public async Task Read_ValueCannotBeSent_TheNextBatchWorks()
    {
        await using var databases = await TestDatabases.EmptyAsync(embedded: false);
        await using var database = SourceDatabase.Create("platform", databases.Platform, new("", ""));
        List<string> read = [];
        Task<bool> ReadAsync(object value) =>
            database.ReadAsync(
                SourceWork.Run,
                async session =>
                {
                    await session.ReadAsync(
                        [
                            new("select 'first'", row => read.Add(row.Text(0))),
                            new("select cast($1 as text)", row => read.Add(row.Text(0)), value),
                        ],
                        default
                    );
                    return true;
                },
                default
            );

        for (var attempt = 0; attempt < 4; attempt++)
        {
            await Assert.ThrowsAnyAsync<Exception>(() => ReadAsync("\ud800"));
            await Assert.ThrowsAnyAsync<Exception>(() => ReadAsync(new Version(1, 2)));
            read.Clear();
            await ReadAsync($"text {attempt}");
            Assert.Equal(["first", $"text {attempt}"], read);
        }
    }

    [Fact]
    public void KeyFilter_KnowsWhatWasAddedAndHardlyAnythingElse()
    {
        var filter = new BloomFilter();
        var known = Enumerable.Range(0, 100_000).Select(i => $"org{i}").ToList();
        known.ForEach(filter.Add);
        filter.Shrink();
        Assert.All(known, key => Assert.True(filter.MayContain(key)));
        Assert.InRange(Enumerable.Range(0, 100_000).Count(i => filter.MayContain($"other{i}")), 0, 100);
    }

    private static async Task<int> SubscriptionsAsync(
        Func<AccountRange, DateTimeOffset, CancellationToken, Task<SourceBatch>> read
    )
    {
        var subscriptions = 0;
        foreach (var range in Ranges)
        {
            var batch = await read(range, TestDatabases.Now, default);
            subscriptions += batch.Organizations.Values.Sum(o => o.Subscriptions.Count);
        }

        return subscriptions;
    }

    private static async Task<List<string>> ReadAsync(ReportSource source)
    {
        List<string> shown = [];
        foreach (var range in Ranges)
            shown.AddRange(ReportSourceTests.Shown(await source.ReadRangeAsync(range, TestDatabases.Now, default)));
        return shown;
    }

    private ReportSource Open(TestDatabases databases) => new(new(databases.Platform, databases.Usage), time);
}
