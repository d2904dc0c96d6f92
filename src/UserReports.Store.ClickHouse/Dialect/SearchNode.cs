using System.Globalization;
using UserReports.Core.Query;
using UserReports.Core.Query.Values;
using UserReports.Store.ClickHouse.Tables;
using UserReports.Store.Sql;

namespace UserReports.Store.ClickHouse.Dialect;

/// <summary>A place in a stored <see cref="SearchForm"/>, as SQL. Where the way ends early, all of it is empty.</summary>
/// <param name="json">A text, never null.</param>
/// <param name="way">What is gone through from there.</param>
internal sealed class SearchNode(SqlText json, IReadOnlyList<SqlText> way)
{
    /// <summary>The outermost value of a column, which may be null.</summary>
    public static SearchNode Of(SqlText column) => new(SqlText.Of($"ifNull({column}, '')"), []);

    /// <summary>A value by itself.</summary>
    public static SearchNode OfElement(SqlText json) => new(json, []);

    /// <summary>A member that the catalogue names.</summary>
    public SearchNode Member(string name) => Then(SqlText.Value(SearchForm.Member + name));

    /// <summary>An element.</summary>
    /// <param name="at">From 0.</param>
    public SearchNode Element(int at) => Then(SqlText.Value(SearchForm.List), SqlText.Number(at + 1));

    /// <summary>What a key of free-form JSON leads to; in a list a number is a place.</summary>
    public SearchNode Key(string key)
    {
        if (
            !(key is "0" or [not '0', ..])
            || !int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            || at == int.MaxValue
        )
            return Member(key);
        return OfElement(SqlText.Of($"concat({Element(at).Raw}, {Member(key).Raw})"));
    }

    /// <summary>The elements of a list, each by itself; none if it is no list.</summary>
    public SqlText Elements => Call("JSONExtractArrayRaw", SqlText.Value(SearchForm.List));

    /// <summary>As it is stored; an element of a list may be <c>null</c>.</summary>
    public SqlText Raw => way.Count == 0 ? json : Call("JSONExtractRaw");

    /// <summary>A scalar with the letter of its kind; empty for everything else.</summary>
    public SqlText Scalar => Call("JSONExtractString");

    public SqlText IsNull => SqlText.Of($"{Raw} in ('', 'null')");

    /// <summary>It is a list, and has no element.</summary>
    public SqlText IsEmpty =>
        SqlText.Of(
            $"({Call("JSONHas", SqlText.Value(SearchForm.List))} and {Call("JSONLength", SqlText.Value(SearchForm.List))} = 0)"
        );

    public SqlText IsText => SqlText.Of($"startsWith({Scalar}, 's')");

    /// <summary>Of a text.</summary>
    public SqlText Text => SqlText.Of($"substring({Scalar}, 2)");

    /// <summary>Of a number.</summary>
    public SqlText Digits => SqlText.Of($"substring({Scalar}, position({Scalar}, ' ') + 1)");

    /// <summary>Of an instant: microseconds; null for everything else.</summary>
    public SqlText Microseconds =>
        SqlText.Of($"if(startsWith({Scalar}, 'd'), toInt64OrNull(substring({Scalar}, 2)), null)");

    /// <summary>What it is ordered by: of a text the text, of a number the digits, else JSON; null if there is
    /// none.</summary>
    /// <param name="outermost">The free-form value that it lies in.</param>
    public SqlText Shown(SearchNode outermost)
    {
        var place = Call("JSONExtractString", SqlText.Value(SearchForm.Place));
        var whole = outermost.Call("JSONExtractString", SqlText.Value(SearchForm.Whole));
        return SqlText.Of(
            $"multiIf({IsText}, {Text}, startsWith({Scalar}, 'n'), {Digits}, {Scalar} = 't', 'true', {Scalar} = 'f', 'false', {place} != '', substring({whole}, toInt64OrZero(splitByChar(':', {place})[1]) + 1, toInt64OrZero(splitByChar(':', {place})[2])), null)"
        );
    }

    /// <summary>It is a number and compares as asked, to the last digit: its text sorts as it does.</summary>
    public SqlText NumberCompares(Lookup lookup, IReadOnlyList<ExactNumber> values)
    {
        var scalar = Scalar;
        // What stands behind the sorting text begins with a space, after which comes the exclamation mark.
        SqlText From(int i) => SqlText.Value($"n{values[i].ToOrdinalText()} ");
        SqlText Behind(int i) => SqlText.Value($"n{values[i].ToOrdinalText()}!");
        return lookup switch
        {
            Lookup.Exact => SqlText.Of($"startsWith({scalar}, {From(0)})"),
            Lookup.In => SqlText.Of(
                $"({SqlText.Join(" or ", values.Select((_, i) => SqlText.Of($"startsWith({scalar}, {From(i)})")))})"
            ),
            Lookup.Gt => SqlText.Of($"({scalar} >= {Behind(0)} and {scalar} < 'o')"),
            Lookup.Gte => SqlText.Of($"({scalar} >= {From(0)} and {scalar} < 'o')"),
            Lookup.Lt => SqlText.Of($"({scalar} >= 'n' and {scalar} < {From(0)})"),
            Lookup.Lte => SqlText.Of($"({scalar} >= 'n' and {scalar} < {Behind(0)})"),
            Lookup.Range => SqlText.Of($"({scalar} >= {From(0)} and {scalar} < {Behind(1)})"),
            _ => throw new NotSupportedException($"No SQL for {lookup} of a number."),
        };
    }

    private SearchNode Then(params ReadOnlySpan<SqlText> steps) => new(json, [.. way, .. steps]);

    private SqlText Call(
        [System.Diagnostics.CodeAnalysis.ConstantExpected] string function,
        params ReadOnlySpan<SqlText> last
    ) => SqlText.Of($"{SqlText.Constant(function)}({SqlText.Join(", ", [json, .. way, .. last])})");
}
