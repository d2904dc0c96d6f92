namespace UserReports.Core.Query.Patterns;

/// <summary>
/// A regular expression as a tree, with the flags in effect at each of its leaves: so it can be written in another
/// dialect.
/// </summary>
/// <remarks>
/// It is as deep as its groups are nested: <see cref="QueryBounds.PatternPiecesMax"/> levels at the most, which the
/// stack of any thread has room for.
/// </remarks>
public abstract record Pattern
{
    /// <summary>Reads a pattern of RE2.</summary>
    /// <param name="ignoresCase">Whether letters match whatever their case, unless the pattern says otherwise.</param>
    /// <exception cref="FormatException">It is none; the message says what is wrong and where.</exception>
    public static Pattern Parse(string text, bool ignoresCase = false)
    {
        var (pattern, fault) = PatternParser.Parse(text, ignoresCase);
        return pattern ?? throw new FormatException($"\"{text}\" is no regular expression: {fault}.");
    }

    /// <summary>What is wrong with a pattern, as the rest of a sentence without its full stop; null if nothing
    /// is.</summary>
    public static string? FaultOf(string text) => PatternParser.Parse(text, ignoresCase: false).Fault;

    /// <summary>Pieces of a pattern that nothing is wrong with, its repetitions written out.</summary>
    public static long PiecesOf(string text) => PatternParser.PiecesOf(text);

    /// <summary>The empty text.</summary>
    public sealed record Empty : Pattern;

    /// <summary>One character.</summary>
    /// <param name="CodePoint">Of Unicode.</param>
    public sealed record Literal(int CodePoint, bool IgnoresCase) : Pattern;

    /// <summary>Any character.</summary>
    /// <param name="IsNewlineToo">Whether a line feed is one of them.</param>
    public sealed record AnyCharacter(bool IsNewlineToo) : Pattern;

    /// <summary>Any byte, be it a part of a character.</summary>
    public sealed record AnyByte : Pattern;

    /// <summary>One character that is of some of the parts, or of none.</summary>
    /// <param name="Parts">At least one.</param>
    /// <param name="IsNegated">Of none, a line feed included.</param>
    public sealed record Class(IReadOnlyList<ClassPart> Parts, bool IsNegated, bool IgnoresCase) : Pattern;

    /// <summary>A place between two characters, or at an end.</summary>
    public sealed record Place(PatternPlace Kind) : Pattern;

    /// <summary>One after the other.</summary>
    /// <param name="Parts">Two or more, none of them a sequence or a choice.</param>
    public sealed record Sequence(IReadOnlyList<Pattern> Parts) : Pattern;

    /// <summary>One of them, the first that fits.</summary>
    /// <param name="Ways">Two or more.</param>
    public sealed record Choice(IReadOnlyList<Pattern> Ways) : Pattern;

    /// <summary>The same several times.</summary>
    /// <param name="Most">Null for any number.</param>
    /// <param name="IsLazy">Rather few than many.</param>
    public sealed record Repetition(Pattern Part, int Least, int? Most, bool IsLazy) : Pattern;

    /// <summary>A part whose text could be taken out; it matches what the part matches.</summary>
    /// <param name="Name">Null for a group that only has a number.</param>
    public sealed record Capture(Pattern Part, string? Name) : Pattern;
}

/// <summary>Some of the characters of a class.</summary>
public abstract record ClassPart
{
    /// <summary>From one code point to another, both included.</summary>
    public sealed record Range(int First, int Last) : ClassPart;

    /// <summary>A class of Perl: <c>d</c>, <c>s</c>, <c>w</c>, all ASCII, and the capitals for their
    /// opposites.</summary>
    public sealed record Perl(char Letter) : ClassPart;

    /// <summary>A class of POSIX, ASCII, for example <c>alpha</c>.</summary>
    public sealed record Posix(string Name, bool IsNegated) : ClassPart;

    /// <summary>A category or a script of Unicode, for example <c>Lu</c> or <c>Greek</c>.</summary>
    public sealed record Unicode(string Name, bool IsNegated) : ClassPart;
}

/// <summary>The places that a pattern can ask for.</summary>
public enum PatternPlace
{
    /// <summary>The beginning of the text.</summary>
    TextStart,

    /// <summary>The very end of the text.</summary>
    TextEnd,

    /// <summary>The beginning of a line.</summary>
    LineStart,

    /// <summary>The end of a line.</summary>
    LineEnd,

    /// <summary>Between an ASCII letter, digit or underscore and something else.</summary>
    WordBoundary,

    /// <summary>Everywhere else.</summary>
    NoWordBoundary,
}
