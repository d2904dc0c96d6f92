namespace UserReports.Store.Sql.Tests;

/// <summary>Values enter a statement as parameters, whatever they hold, and nothing else enters it.</summary>
public sealed class SqlTextTests
{
    private const string Hostile = "x'); drop table reports; --";

    [Fact]
    public void Of_ValuesInHoles_BecomeParametersInTheirOrder()
    {
        var day = new DateTimeOffset(2026, 1, 31, 0, 0, 0, TimeSpan.Zero);
        var sql = SqlText.Of($"a = {Hostile} and b in ({1L}, {2.5}, {true}) and c < {day}");

        var statement = sql.ToStatement(PlainDialect.Instance);

        Assert.Equal(
            "a = {p1:String} and b in ({p2:Int64}, {p3:Double}, {p4:Boolean}) and c < {p5:DateTimeOffset}",
            statement.Text
        );
        Assert.Equal([Hostile, 1L, 2.5, true, "2026-01-31 00:00"], statement.Values);
        Assert.Equal("a = «x»", SqlText.Of($"a = {"x"}").ToString());
    }

    [Fact]
    public void Of_PieceThatStandsTwice_BringsItsValuesOnce()
    {
        var key = SqlText.Of($"json({"/a"})");
        var same = SqlText.Of($"json({"/a"})");

        var statement = SqlText
            .Of($"{key} > {1L} or {key} is null or {same} = {2L}")
            .ToStatement(PlainDialect.Instance);

        Assert.Equal(
            "json({p1:String}) > {p2:Int64} or json({p1:String}) is null or json({p3:String}) = {p4:Int64}",
            statement.Text
        );
        Assert.Equal(["/a", 1L, "/a", 2L], statement.Values);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\"b")]
    [InlineData("a b")]
    [InlineData("a\\")]
    [InlineData("a`")]
    [InlineData("é")]
    [InlineData(Hostile)]
    public void Name_WithCharactersOfNoName_IsRefused(string name) =>
        Assert.Throws<ArgumentException>(() => SqlText.Name(name));

    [Fact]
    public void Join_OfPieces_HasTheSeparatorBetweenThem()
    {
        Assert.Equal("1, k2, \"a[]__b\"", SqlText.Join(", ", Pieces()).ToString());
        Assert.Equal("", SqlText.Join(", ", []).ToString());

        static IEnumerable<SqlText> Pieces() => [SqlText.Number(1), SqlText.Numbered("k", 2), SqlText.Name("a[]__b")];
    }
}
