using UserReports.Store.Sql;
using UserReports.Store.Sql.Dialects;

namespace UserReports.Store.DuckDb.Dialect;

/// <summary>Texts in DuckDB, whose regular expressions are RE2.</summary>
internal sealed class DuckDbTexts : TextDialect
{
    public override SqlText Folded(SqlText text) => SqlText.Of($"casefold({text})");

    public override SqlText Contains(SqlText text, string part) => SqlText.Of($"contains({text}, {part})");

    public override SqlText StartsWith(SqlText text, string part) => SqlText.Of($"starts_with({text}, {part})");

    public override SqlText EndsWith(SqlText text, string part) => SqlText.Of($"ends_with({text}, {part})");

    public override SqlText Matches(SqlText text, string pattern, bool ignoresCase) =>
        ignoresCase
            ? SqlText.Of($"regexp_matches({text}, {pattern}, 'i')")
            : SqlText.Of($"regexp_matches({text}, {pattern})");
}
