namespace UserReports.Store.Sql.Dialects;

/// <summary>What a dialect says of texts. None of it looks at what a value means in some pattern of the engine's
/// own.</summary>
public abstract class TextDialect
{
    /// <summary>The text case-folded, as <see cref="Core.Query.Values.CaseFolding"/> does it.</summary>
    public abstract SqlText Folded(SqlText text);

    /// <summary>The text holds a part.</summary>
    public abstract SqlText Contains(SqlText text, string part);

    /// <summary>The text begins with a part.</summary>
    public abstract SqlText StartsWith(SqlText text, string part);

    /// <summary>The text ends with a part.</summary>
    public abstract SqlText EndsWith(SqlText text, string part);

    /// <summary>Some part of the text matches a regular expression.</summary>
    /// <param name="pattern">Of RE2, known to be one; <see cref="Core.Query.Patterns.Pattern.Parse"/> gives its tree to
    /// those who speak something else.</param>
    public abstract SqlText Matches(SqlText text, string pattern, bool ignoresCase);
}
