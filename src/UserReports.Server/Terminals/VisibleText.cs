using System.Globalization;
using System.Text;

namespace UserReports.Server.Terminals;

/// <summary>
/// Text of other people as it may be drawn in a terminal: what would steer the terminal, or turn the order of letters
/// around, stands there as a symbol.
/// </summary>
public static class VisibleText
{
    private const char ControlPictures = '\u2400';
    private const char DeletePicture = '\u2421';

    /// <summary>A text without line breaks of its own: a cell, a name.</summary>
    /// <returns>The text itself if nothing in it has to be replaced.</returns>
    public static string Of(string text) => Replace(text, character => Steers(character) ? Symbol(character) : null);

    /// <summary>A message that may have several lines.</summary>
    /// <inheritdoc cref="Of"/>
    public static string OfLines(string text) =>
        Replace(
            text,
            character => character is not ('\n' or '\r' or '\t') && Steers(character) ? Symbol(character) : null
        );

    /// <summary>The same JSON, in which what would steer a terminal is escaped.</summary>
    /// <param name="json">Valid, so that such characters stand in texts alone, and line breaks may be between them.</param>
    public static string OfJson(string json) =>
        Replace(
            json,
            character => character is not ('\n' or '\r' or '\t') && Steers(character) ? Escape(character) : null
        );

    private static string Replace(string text, Func<char, string?> symbolOf)
    {
        StringBuilder? written = null;
        for (var i = 0; i < text.Length; i++)
        {
            var symbol = symbolOf(text[i]);
            if (symbol is not null)
                written ??= new(text, 0, i, text.Length + 16);
            if (symbol is null)
                written?.Append(text[i]);
            else
                written!.Append(symbol);
        }

        return written?.ToString() ?? text;
    }

    /// <summary>Controls (C0, delete, C1), separators of lines and paragraphs, and those of the direction.</summary>
    private static bool Steers(char character) =>
        char.IsControl(character)
        || character
            is '\u2028'
                or '\u2029'
                or '\u061C'
                or '\u200E'
                or '\u200F'
                or (>= '\u202A' and <= '\u202E')
                or (>= '\u2066' and <= '\u2069');

    private static string Symbol(char character) =>
        character switch
        {
            < ' ' => ((char)(ControlPictures + character)).ToString(),
            '\u007F' => DeletePicture.ToString(),
            _ => Escape(character),
        };

    private static string Escape(char character) =>
        string.Create(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
}
