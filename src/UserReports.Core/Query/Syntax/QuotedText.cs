using System.Text;

namespace UserReports.Core.Query.Syntax;

/// <summary>Text in quotes, in which a backslash takes the meaning of a quote or a backslash.</summary>
internal static class QuotedText
{
    /// <summary>Reads the text whose opening quote is at a place.</summary>
    /// <param name="end">Behind the closing quote.</param>
    /// <returns>Null if it is not closed.</returns>
    public static string? Read(string text, int start, out int end)
    {
        var inner = new StringBuilder();
        for (end = start + 1; end < text.Length; end++)
        {
            if (text[end] == text[start])
            {
                end++;
                return inner.ToString();
            }

            if (text[end] == '\\' && end + 1 < text.Length && text[end + 1] is '"' or '\'' or '\\')
                end++;
            inner.Append(text[end]);
        }

        return null;
    }

    /// <summary>The text in double quotes.</summary>
    public static string Write(string text) =>
        "\""
        + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
        + "\"";
}
