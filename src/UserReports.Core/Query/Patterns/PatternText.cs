using System.Globalization;
using System.Text;

namespace UserReports.Core.Query.Patterns;

/// <summary>Writes the tree of a pattern as a regular expression of RE2, in one way for one tree.</summary>
public sealed class PatternText
{
    private readonly StringBuilder text = new();

    /// <summary>Those in effect where writing is.</summary>
    private PatternFlags flags;

    private PatternText() { }

    /// <summary>An expression that matches what the pattern matches, with no flag set from outside.</summary>
    public static string Write(Pattern pattern)
    {
        var writer = new PatternText();
        writer.Any(pattern);
        return writer.text.ToString();
    }

    private void Any(Pattern pattern)
    {
        switch (pattern)
        {
            case Pattern.Choice choice:
                foreach (var (i, way) in choice.Ways.Index())
                {
                    if (i > 0)
                        text.Append('|');
                    if (way is Pattern.Choice)
                        Group("(?:", way);
                    else
                        Any(way);
                }

                break;
            case Pattern.Sequence sequence:
                foreach (var part in sequence.Parts)
                {
                    if (part is Pattern.Choice or Pattern.Sequence)
                        Group("(?:", part);
                    else
                        Any(part);
                }

                break;
            case Pattern.Repetition repetition:
                Repeated(repetition);
                break;
            case Pattern.Capture capture:
                Group(capture.Name is { } name ? $"(?P<{name}>" : "(", capture.Part);
                break;
            case not Pattern.Empty:
                Leaf(pattern);
                break;
        }
    }

    /// <summary>Flags that are switched within a group are as before behind it.</summary>
    private void Group(string opening, Pattern inner)
    {
        var before = flags;
        text.Append(opening);
        Any(inner);
        text.Append(')');
        flags = before;
    }

    private void Repeated(Pattern.Repetition repetition)
    {
        if (repetition.Part is Pattern.Choice or Pattern.Sequence or Pattern.Repetition or Pattern.Empty)
            Group("(?:", repetition.Part);
        else
            Any(repetition.Part);
        var (least, most) = (repetition.Least, repetition.Most);
        text.Append(
            (least, most) switch
            {
                (0, null) => "*",
                (1, null) => "+",
                (0, 1) => "?",
                (_, null) => string.Create(CultureInfo.InvariantCulture, $"{{{least},}}"),
                _ when least == most => string.Create(CultureInfo.InvariantCulture, $"{{{least}}}"),
                _ => string.Create(CultureInfo.InvariantCulture, $"{{{least},{most}}}"),
            }
        );
        if (repetition.IsLazy)
            text.Append('?');
    }

    private void Leaf(Pattern leaf)
    {
        switch (leaf)
        {
            case Pattern.Literal literal:
                Need(PatternFlags.IgnoreCase, literal.IgnoresCase);
                Character(literal.CodePoint);
                break;
            case Pattern.AnyCharacter any:
                Need(PatternFlags.DotIsAll, any.IsNewlineToo);
                text.Append('.');
                break;
            case Pattern.AnyByte:
                text.Append(@"\C");
                break;
            case Pattern.Class characters:
                Need(PatternFlags.IgnoreCase, characters.IgnoresCase);
                text.Append(characters.IsNegated ? "[^" : "[");
                foreach (var part in characters.Parts)
                    Part(part);
                text.Append(']');
                break;
            case Pattern.Place place:
                if (place.Kind is PatternPlace.LineStart or PatternPlace.LineEnd)
                    Need(PatternFlags.Lines, true);
                text.Append(NameOf(place.Kind));
                break;
            default:
                throw new NotSupportedException($"No text for {leaf.GetType().Name}.");
        }
    }

    private void Need(PatternFlags flag, bool on)
    {
        if ((flags & flag) != 0 == on)
            return;
        flags ^= flag;
        var letter = flag switch
        {
            PatternFlags.IgnoreCase => 'i',
            PatternFlags.Lines => 'm',
            _ => 's',
        };
        text.Append(on ? "(?" : "(?-").Append(letter).Append(')');
    }

    private static string NameOf(PatternPlace place) =>
        place switch
        {
            PatternPlace.TextStart => @"\A",
            PatternPlace.TextEnd => @"\z",
            PatternPlace.LineStart => "^",
            PatternPlace.LineEnd => "$",
            PatternPlace.WordBoundary => @"\b",
            _ => @"\B",
        };

    private void Part(ClassPart part)
    {
        switch (part)
        {
            case ClassPart.Range range:
                Character(range.First);
                if (range.First == range.Last)
                    break;
                text.Append('-');
                Character(range.Last);
                break;
            case ClassPart.Perl perl:
                text.Append('\\').Append(perl.Letter);
                break;
            case ClassPart.Posix posix:
                text.Append(posix.IsNegated ? "[:^" : "[:").Append(posix.Name).Append(":]");
                break;
            case ClassPart.Unicode unicode:
                text.Append(unicode.IsNegated ? @"\P{" : @"\p{").Append(unicode.Name).Append('}');
                break;
        }
    }

    /// <summary>Itself only where that can mean nothing else.</summary>
    private void Character(int codePoint)
    {
        if (codePoint < 128 && char.IsAsciiLetterOrDigit((char)codePoint))
            text.Append((char)codePoint);
        else if (codePoint is > ' ' and < 127)
            text.Append('\\').Append((char)codePoint);
        else
            text.Append(CultureInfo.InvariantCulture, $@"\x{{{codePoint:X}}}");
    }
}
