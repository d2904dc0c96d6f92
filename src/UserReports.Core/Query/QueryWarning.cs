namespace UserReports.Core.Query;

/// <summary>What is likely not meant in a query that can be answered.</summary>
/// <param name="Code">One of <see cref="QueryWarningCode"/>; clients may rely on it.</param>
/// <param name="Message">What is odd and what may be meant, as sentences.</param>
/// <param name="Text">The odd part as it was written.</param>
/// <param name="Position">Where <paramref name="Text"/> begins in the query, in characters from 0.</param>
/// <param name="Suggestions">The closest values, best first; may be empty.</param>
public sealed record QueryWarning(
    string Code,
    string Message,
    string Text,
    int Position,
    IReadOnlyList<string> Suggestions
);

/// <summary>The codes of warnings.</summary>
public static class QueryWarningCode
{
    /// <summary>The field never has that value.</summary>
    public const string UnlikelyValue = "unlikely_value";
}
