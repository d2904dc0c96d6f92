using System.Buffers;
using System.Globalization;
using System.Text;
using System.Xml;

namespace UserReports.Server.Export.Xlsx;

/// <summary>Text as a cell of a sheet holds it, so that whoever reads the cell has the same text again.</summary>
internal static class XlsxText
{
    /// <summary>What a cell of a sheet holds at the most, in UTF-16 units.</summary>
    private const int Max = 32_767;

    /// <summary>What an escape looks like: <c>_x0041_</c>.</summary>
    private const int EscapeLength = 7;

    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>
    /// Cuts what is too long for a cell, with an ellipsis, and writes as <c>_xHHHH_</c> (ECMA-376 22.9.2.19) what XML
    /// cannot hold or would change: control characters, carriage returns, and text that looks like such an escape.
    /// </summary>
    public static string Of(string text)
    {
        if (text.Length > Max)
            text = string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[Max - 2]) ? Max - 2 : Max - 1), "…");
        var at = 0;
        while (at < text.Length && !NeedsEscape(text, at))
            at++;
        if (at == text.Length)
            return text;
        var written = new StringBuilder(text, 0, at, text.Length + (2 * EscapeLength));
        for (; at < text.Length; at++)
        {
            if (NeedsEscape(text, at))
                written.Append(CultureInfo.InvariantCulture, $"_x{(int)text[at]:X4}_");
            else
                written.Append(text[at]);
        }

        return written.ToString();
    }

    private static bool NeedsEscape(string text, int at) => text[at] == '_' ? IsEscape(text, at) : IsLost(text[at]);

    /// <summary>XML cannot hold it, or would make a line feed of it.</summary>
    private static bool IsLost(char character) =>
        character == '\r' || (!XmlConvert.IsXmlChar(character) && !char.IsSurrogate(character));

    /// <summary>
    /// Whether an underscore begins what would be read as an escape. Some programs take fewer digits than four; what
    /// follows may also be an escape of ours, which begins with an underscore.
    /// </summary>
    private static bool IsEscape(string text, int at)
    {
        if (at + 1 >= text.Length || text[at + 1] is not ('x' or 'X'))
            return false;
        var digits = text.AsSpan(at + 2).IndexOfAnyExcept(Hex);
        var end = at + 2 + digits;
        return digits is > 0 and <= 4 && (text[end] == '_' || IsLost(text[end]));
    }
}
