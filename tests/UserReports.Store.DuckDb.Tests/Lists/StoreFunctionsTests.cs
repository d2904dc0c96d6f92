using DuckDB.NET.Data;
using UserReports.Core.Query;
using UserReports.Store.DuckDb.Lists;

namespace UserReports.Store.DuckDb.Tests.Lists;

/// <summary>Functions of the store, asked by themselves.</summary>
public sealed class StoreFunctionsTests : IDisposable
{
    private readonly DuckDBConnection connection = new("Data Source=:memory:");

    public StoreFunctionsTests()
    {
        connection.Open();
        var lists = new ListConditions();
        StoreFunctions.Register(connection, lists);
        var filter = QueryCompiler.Compile("subscriptions[]__id__startswith:a", "").Query!.Filter!;
        lists.Register([new ListPredicate(filter)]);
    }

    [Theory]
    [InlineData("casefold('STRASSE')", "strasse")]
    [InlineData("casefold(null::varchar)", null)]
    [InlineData("list_json('[]'::blob)", "[]")]
    [InlineData("list_json('[1, 2, 3, 4, 5, 6]'::blob)", "[1, 2, 3, 4, 5, 6]")]
    [InlineData("list_json(null::blob)", null)]
    [InlineData("list_matches(null::blob, 1)", null)]
    public void Function_OfAValueOrNull_GivesAsMuch(string call, string? expected) =>
        Assert.Equal(expected, Ask(call) as string);

    [Theory]
    [InlineData("list_json('\\xFF\\xFF'::blob)")]
    [InlineData("list_matches('\\xFF\\xFF'::blob, 1)")]
    public void Function_OfAListWithUnknownCodes_SaysSo(string call)
    {
        var error = Assert.Throws<DuckDBException>(() => Ask(call));
        Assert.Contains("codes that this version does not know", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => connection.Dispose();

    private object? Ask(string call)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"select {call}";
        return command.ExecuteScalar();
    }
}
