using UserReports.Core.Query;
using UserReports.Testing;

namespace UserReports.Store.DuckDb.Tests.Reading;

/// <summary>What is said of a statement that the database does not take.</summary>
public sealed class RefusedStatementTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Find_DatabaseDoesNotTakeAValue_SaysThatAndNotThatTheStoreIsDamaged()
    {
        await using var store = await TemporaryStore.WithAsync(SampleReports.Make(2000));
        // No page of anybody's; and so many rows that the database cannot rule them out without the value.
        var impossible = new PageRequest(1, Key: new(["no instant"], 1, null));

        var e = await Assert.ThrowsAsync<StatementRefusedException>(() =>
            store.Store.Reader.FindAsync(QueryCompiler.Compile("", "date_joined").Query!, impossible, Token)
        );

        Assert.StartsWith("The database does not take a statement: ", e.Message, StringComparison.Ordinal);
    }
}
