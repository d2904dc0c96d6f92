using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace UserReports.Server.Export.Csv;

/// <summary>Where a spreadsheet that opens a file of separated values would begin to run a text.</summary>
/// <remarks>
/// It runs what begins a cell, and which character ends the cell before is its reader's choice: a comma, a semicolon, a
/// tab or a bar. Quotes around the whole text are no help where another character than the comma separates, and
/// neither are blanks, which some programs drop.
/// </remarks>
internal static class CsvFormula
{
    /// <summary>The first byte of every sign: <c>= + - @</c> and those of full width.</summary>
    private static readonly SearchValues<byte> Starts = SearchValues.Create("=+-@\uFF1D"u8[..5]);

    /// <summary>How many bytes the escape of a sign in JSON takes: <c>\u003d</c>.</summary>
    private const int EscapeLength = 6;

    /// <summary>Whether a text begins with a tab or a line break, which some programs drop.</summary>
    public static bool IsIndented(ReadOnlySpan<byte> text) =>
        text.Length > 0 && text[0] is (byte)'\t' or (byte)'\r' or (byte)'\n';

    /// <summary>The next sign that may begin a cell, or -1.</summary>
    /// <param name="from">Where to begin to look.</param>
    /// <param name="isJson">Then a minus before a number is none.</param>
    /// <param name="length">The sign's bytes.</param>
    public static int Next(ReadOnlySpan<byte> text, int from, bool isJson, out int length)
    {
        for (int found; (found = text[from..].IndexOfAny(Starts)) >= 0; from++)
        {
            from += found;
            length = SignLength(text[from..]);
            if (length > 0 && BeginsCell(text[..from], isJson && text[from] == '-'))
                return from;
        }

        length = 0;
        return -1;
    }

    /// <summary>Writes a sign as an escape, which is the same JSON.</summary>
    public static int WriteEscape(ReadOnlySpan<byte> sign, Span<byte> target)
    {
        Rune.DecodeFromUtf8(sign, out var rune, out _);
        return Utf8.TryWrite(target, CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}", out var written)
            ? written
            : throw new ArgumentException($"An escape takes {EscapeLength} bytes.", nameof(target));
    }

    private static int SignLength(ReadOnlySpan<byte> text)
    {
        if (text[0] != 0xEF)
            return 1;
        return text.StartsWith("＝"u8) || text.StartsWith("＋"u8) || text.StartsWith("－"u8) || text.StartsWith("＠"u8)
            ? 3
            : 0;
    }

    /// <param name="needsQuote">In JSON a minus stands in a text only behind a quote, or behind what stands in texts
    /// alone.</param>
    private static bool BeginsCell(ReadOnlySpan<byte> before, bool needsQuote)
    {
        var hasQuote = false;
        while (before.Length > 0)
        {
            switch (before[^1])
            {
                case (byte)';' or (byte)'|':
                    return true;
                case (byte)',' or (byte)'\t' or (byte)'\n' or (byte)'\r':
                    return hasQuote || !needsQuote;
                case (byte)'"':
                    hasQuote = true;
                    break;
            }

            Rune.DecodeLastFromUtf8(before, out var rune, out var length);
            if (!IsPassedOver(rune))
                return false;
            before = before[..^length];
        }

        return hasQuote || !needsQuote;
    }

    /// <summary>Quotes, blanks and what cannot be seen.</summary>
    private static bool IsPassedOver(Rune rune) =>
        rune.Value == '"'
        || Rune.IsWhiteSpace(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format;
}
