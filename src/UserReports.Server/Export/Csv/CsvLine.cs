namespace UserReports.Server.Export.Csv;

/// <summary>One line of separated values, of cells that are texts already.</summary>
internal static class CsvLine
{
    /// <summary>The line with its end.</summary>
    public static string Of(IEnumerable<string> cells) => string.Join(',', cells) + "\r\n";

    /// <summary>A text in quotes where it would be more than one cell without.</summary>
    public static string Quoted(string text) => text.AsSpan().ContainsAny("\",\r\n") ? InQuotes(text) : text;

    /// <summary>A text in quotes.</summary>
    public static string InQuotes(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
