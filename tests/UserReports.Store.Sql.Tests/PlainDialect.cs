using System.Globalization;
using UserReports.Core.Query;
using UserReports.Core.Query.Values;
using UserReports.Core.Reports;
using UserReports.Store.Sql.Dialects;

namespace UserReports.Store.Sql.Tests;

/// <summary>
/// A dialect as unlike DuckDB's as it may be: typed placeholders, functions of other names, and conditions on lists
/// that it writes one by one.
/// </summary>
internal sealed class PlainDialect : SqlDialect
{
    public static readonly PlainDialect Instance = new();

    public override SqlText Table { get; } = SqlText.Constant("reports_7");

    public override SqlText Address { get; } = SqlText.Constant("place");

    public override SqlText RowName { get; } = SqlText.Constant("row_name");

    public override TextDialect Text { get; } = new Texts();

    public override InstantDialect Instants { get; } = new InstantsOf();

    public override JsonDialect Json { get; } = new JsonOf();

    public override ListDialect Lists { get; } = new ListsOf();

    public override FigureDialect Figures { get; } = new FiguresOf();

    public override string Placeholder(int number, object value) =>
        string.Create(CultureInfo.InvariantCulture, $"{{p{number}:{value.GetType().Name}}}");

    public override object ToParameter(object value) =>
        value is DateTimeOffset instant ? instant.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) : value;

    public override SqlText IsNotTrue(SqlText condition) => SqlText.Of($"not ifNull({condition}, false)");

    public override SqlText IsSame(SqlText one, SqlText other) => SqlText.Of($"{one} <=> {other}");

    public override SqlText SomeRows(int rows) => SqlText.Of($"order by rand() limit {SqlText.Number(rows)}");

    private sealed class Texts : TextDialect
    {
        public override SqlText Folded(SqlText text) => SqlText.Of($"fold({text})");

        public override SqlText Contains(SqlText text, string part) => SqlText.Of($"position({text}, {part}) > 0");

        public override SqlText StartsWith(SqlText text, string part) => SqlText.Of($"startsWith({text}, {part})");

        public override SqlText EndsWith(SqlText text, string part) => SqlText.Of($"endsWith({text}, {part})");

        public override SqlText Matches(SqlText text, string pattern, bool ignoresCase) =>
            SqlText.Of($"match({text}, {(ignoresCase ? "(?i)" : "") + pattern})");
    }

    private sealed class InstantsOf : InstantDialect
    {
        public override SqlText PartOf(SqlText instant, InstantPart part) => SqlText.Of($"toYear({instant})");

        public override SqlText Shown(SqlText instant, InstantFormat format) => SqlText.Of($"shown({instant})");

        public override SqlText StartOf(SqlText instant, SummaryPeriod period) => SqlText.Of($"toMonday({instant})");
    }

    private sealed class JsonOf : JsonDialect
    {
        public override SqlText TextAt(SqlText json, IReadOnlyList<string> keys) =>
            SqlText.Of($"text({json}, {SqlText.Values(keys)})");

        public override SqlText IsNullAt(SqlText json, IReadOnlyList<string> keys, bool expected) =>
            SqlText.Of($"null({json}, {SqlText.Values(keys)}) = {expected}");

        public override SqlText IsTextAt(SqlText json, IReadOnlyList<string> keys) =>
            SqlText.Of($"isText({json}, {SqlText.Values(keys)})");

        public override SqlText IsBooleanAt(SqlText json, IReadOnlyList<string> keys) =>
            SqlText.Of($"isBoolean({json}, {SqlText.Values(keys)})");

        public override SqlText NumberCompares(
            Condition.Comparison comparison,
            SqlText text,
            IReadOnlyList<ExactNumber> values
        ) => SqlText.Of($"number({text}) in ({SqlText.Values(values.Select(value => value.Nearest))})");
    }

    private sealed class ListsOf : ListDialect
    {
        public override SqlText Compare(Condition.Comparison comparison) =>
            SqlText.Of($"some({ColumnNames.Column(comparison.Path.Field)}, {comparison.ToString()})");

        public override SqlText IsEmpty(SqlText list) => SqlText.Of($"empty({list})");

        public override SqlText ElementAt(FieldPath path) => SqlText.Of($"at({path.ToString()})");

        public override SqlText RowPerValue(SqlText values) => SqlText.Of($"arrayJoin({values})");
    }

    private sealed class FiguresOf : FigureDialect
    {
        public override SqlText Sum(SqlText input) => SqlText.Of($"sum(toInt128({input}))");

        public override SqlText Percentile(SqlText input, int percent) =>
            SqlText.Of($"percentile({input}, {SqlText.Number(percent)})");

        public override SqlText StartOfRange(SqlText number, int step) =>
            SqlText.Of($"floor({number} / {SqlText.Number(step)})");
    }
}
