namespace UserReports.Core.Query;

/// <summary>What is wrong with a query; every text is fit to be shown to whoever wrote it.</summary>
/// <param name="Code">One of <see cref="QueryErrorCode"/>; clients may rely on it.</param>
/// <param name="Message">What is wrong and what to do, as sentences.</param>
/// <param name="Text">The offending part as it was written; empty at the end of the text.</param>
/// <param name="Position">Where <paramref name="Text"/> begins, in characters from 0.</param>
/// <param name="Suggestions">The closest valid names, best first; may be empty.</param>
public sealed record QueryError(
    string Code,
    string Message,
    string Text,
    int Position,
    IReadOnlyList<string> Suggestions
)
{
    /// <summary>
    /// What the text was sent as: <c>q</c>, <c>ordering</c>, <c>fields</c>, <c>group_by</c>, <c>metrics</c> or
    /// <c>top</c>; <see cref="Position"/> counts in it.
    /// </summary>
    public string Parameter { get; init; } = "q";
}

/// <summary>The codes of query errors.</summary>
public static class QueryErrorCode
{
    /// <summary>The text does not follow the grammar.</summary>
    public const string BadSyntax = "bad_syntax";

    /// <summary>A path names nothing in the report.</summary>
    public const string UnknownField = "unknown_field";

    /// <summary>The field cannot be compared in that way.</summary>
    public const string UnsupportedLookup = "unsupported_lookup";

    /// <summary>The value does not fit the field.</summary>
    public const string BadValue = "bad_value";

    /// <summary>The field is concealed from whoever asks, and the answer would tell more of it than is meant
    /// to.</summary>
    public const string ConcealedField = "concealed_field";

    /// <summary>Only words that are too short to search for.</summary>
    public const string QueryTooShort = "query_too_short";

    /// <summary>More than a query may hold; see <see cref="QueryBounds"/>.</summary>
    public const string QueryTooComplex = "query_too_complex";
}

/// <summary>How much a query may hold.</summary>
public static class QueryBounds
{
    /// <summary>Characters of the text.</summary>
    public const int LengthMax = 16_384;

    /// <summary>Terms.</summary>
    public const int TermsMax = 200;

    /// <summary>Levels of parentheses and NOT.</summary>
    public const int DepthMax = 20;

    /// <summary>Terms of an ordering.</summary>
    public const int OrderTermsMax = 5;

    /// <summary>Pieces of a regular expression whose repetitions are written out; also of all of a query
    /// together.</summary>
    public const int PatternPiecesMax = 4096;

    /// <summary>Errors that are told at once; nobody reads more, and each takes a search for near names.</summary>
    public const int ErrorsMax = 10;

    /// <summary>Characters that one bare word at least must have where a query holds no path.</summary>
    public const int BareWordMin = 3;
}

/// <summary>Ends parsing or binding of one part; never leaves <see cref="QueryCompiler"/>.</summary>
internal sealed class QueryFault(QueryError error) : Exception(error.Message)
{
    public QueryError Error { get; } = error;

    public static QueryFault Of(
        string code,
        string message,
        string text,
        int position,
        IReadOnlyList<string>? suggestions = null
    ) => new(new(code, message, text, position, suggestions ?? []));
}
