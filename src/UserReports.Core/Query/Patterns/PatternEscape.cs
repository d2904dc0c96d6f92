using System.Buffers;
using System.Globalization;

namespace UserReports.Core.Query.Patterns;

/// <summary>What a backslash and what follows it stand for.</summary>
/// <param name="Character">One character, unless it is one of the others.</param>
/// <param name="Part">Some characters.</param>
/// <param name="Whole">What is no character.</param>
internal readonly record struct PatternEscape(int Character, ClassPart? Part = null, Pattern? Whole = null)
{
    /// <summary>What a group of Unicode, hundreds of ranges, counts for among the pieces.</summary>
    private const int GroupSize = 100;

    private static readonly SearchValues<char> NameLetters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"
    );

    /// <summary>Whether it stands for one character.</summary>
    public bool IsCharacter => Part is null && Whole is null;

    /// <summary>Reads an escape; null if there is no such.</summary>
    public static PatternEscape? Read(PatternCursor cursor, bool inClass)
    {
        cursor.Position++;
        if (cursor.IsAtEnd)
            return null;
        var letter = cursor.Current;
        cursor.Position++;
        return letter switch
        {
            'd' or 'D' or 's' or 'S' or 'w' or 'W' => new(0, new ClassPart.Perl(letter)),
            'b' when !inClass => PlaceOf(PatternPlace.WordBoundary),
            'B' when !inClass => PlaceOf(PatternPlace.NoWordBoundary),
            'A' when !inClass => PlaceOf(PatternPlace.TextStart),
            'z' when !inClass => PlaceOf(PatternPlace.TextEnd),
            'C' when !inClass => new(0, Whole: new Pattern.AnyByte()),
            'p' or 'P' => Group(cursor, letter == 'P'),
            'x' => Hexadecimal(cursor),
            'a' => new('\a'),
            'f' => new('\f'),
            'n' => new('\n'),
            'r' => new('\r'),
            't' => new('\t'),
            'v' => new('\v'),
            '0' => Octal(cursor, letter),
            >= '1' and <= '7' when cursor.IsAtOctal => Octal(cursor, letter),
            < (char)128 when !char.IsAsciiLetterOrDigit(letter) => new(letter),
            _ => null,
        };
    }

    private static PatternEscape PlaceOf(PatternPlace kind) => new(0, Whole: new Pattern.Place(kind));

    /// <summary>A group of Unicode; which names of scripts there are is the engine's knowledge.</summary>
    private static PatternEscape? Group(PatternCursor cursor, bool isNegated)
    {
        cursor.Size += GroupSize;
        if (cursor.IsAtEnd)
            return null;
        if (!cursor.Skip('{'))
        {
            var letter = cursor.Current;
            cursor.Position++;
            return "CLMNPSZ".Contains(letter, StringComparison.Ordinal)
                ? new(0, new ClassPart.Unicode(letter.ToString(), isNegated))
                : null;
        }

        isNegated ^= cursor.Skip('^');
        var start = cursor.Position;
        var end = cursor.Text.IndexOf('}', start);
        if (end < 0)
            return null;
        var name = cursor.Text[start..end];
        cursor.Position = end + 1;
        return name.Length > 0 && char.IsAsciiLetterUpper(name[0]) && !name.AsSpan().ContainsAnyExcept(NameLetters)
            ? new(0, new ClassPart.Unicode(name, isNegated))
            : null;
    }

    private static PatternEscape? Hexadecimal(PatternCursor cursor)
    {
        var isBraced = cursor.Skip('{');
        var start = cursor.Position;
        var end = isBraced ? cursor.Text.IndexOf('}', start) : start + 2;
        if (end < 0 || end > cursor.Text.Length || end - start is < 1 or > 8)
            return null;
        cursor.Position = isBraced ? end + 1 : end;
        return
            int.TryParse(
                cursor.Text.AsSpan(start..end),
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out var code
            ) && code is >= 0 and <= 0x10FFFF
            ? new(code)
            : null;
    }

    private static PatternEscape Octal(PatternCursor cursor, char first)
    {
        var code = first - '0';
        for (var more = 0; more < 2 && cursor.IsAtOctal; more++)
        {
            code = code * 8 + cursor.Current - '0';
            cursor.Position++;
        }

        return new(code);
    }
}
