using System.Buffers;
using System.Globalization;

namespace UserReports.Core.Query;

/// <summary>
/// Tells whether a text is a regular expression of RE2, the syntax of the store's engine, without building one.
/// </summary>
/// <remarks>
/// An engine that builds automata may need minutes for a few hundred characters (<c>((a{2}){2}){2}…</c>), so none may
/// be asked on the way to a query. This reads the pattern once, from left to right, with one entry per open group.
/// </remarks>
internal sealed class PatternSyntax
{
    private const int RepeatMax = 1000;

    /// <summary>What a group of Unicode, hundreds of ranges, counts for among the pieces.</summary>
    private const int GroupSize = 100;

    /// <summary>What an escape stands for that is a class of characters or a place between some.</summary>
    private const int WholeClass = -1;

    private static readonly string[] PosixClasses =
    [
        "alnum",
        "alpha",
        "ascii",
        "blank",
        "cntrl",
        "digit",
        "graph",
        "lower",
        "print",
        "punct",
        "space",
        "upper",
        "word",
        "xdigit",
    ];

    private static readonly SearchValues<char> NameLetters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"
    );

    private readonly string pattern;
    private readonly Stack<Level> outer = [];
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private Level level;
    private int position;
    private int size = 1;

    private PatternSyntax(string pattern)
    {
        this.pattern = pattern;
        level = new(0);
    }

    /// <summary>
    /// What is wrong with a pattern, as the rest of a sentence without its full stop; null if nothing is.
    /// </summary>
    public static string? FaultOf(string pattern) => new PatternSyntax(pattern).Read();

    /// <summary>Pieces of a pattern that nothing is wrong with, its repetitions written out.</summary>
    public static long PiecesOf(string pattern)
    {
        var syntax = new PatternSyntax(pattern);
        syntax.Read();
        return syntax.level.Size;
    }

    private string? Read()
    {
        while (position < pattern.Length)
        {
            if (Piece() is { } fault)
                return fault;
            if (level.Size > QueryBounds.PatternPiecesMax)
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"written out without repetition it has more than {QueryBounds.PatternPiecesMax} pieces"
                );
            }
        }

        return outer.Count == 0 ? null : At(level.Start, "the parenthesis", "is not closed");
    }

    private string? Piece()
    {
        var start = position;
        switch (pattern[position])
        {
            case '(':
                return Open();
            case ')':
                if (!outer.TryPop(out var owner))
                    return At(start, "the parenthesis", "closes nothing");
                position++;
                level = owner.With(level.Size + 1, level.Nesting);
                return null;
            case '|':
                position++;
                level = level.WithoutOperand();
                return null;
            case '*' or '+' or '?':
                position++;
                return Repeat(start, 0, null);
            case '{' when Counts() is var (least, most):
                return Repeat(start, least, most);
            case '[':
                return Class();
            case '\\' when pattern.AsSpan(position).StartsWith(@"\Q", StringComparison.Ordinal):
                Literal();
                return null;
            case '\\':
                if (Escape(inClass: false) is null)
                    return BadEscape(start);
                break;
            default:
                position += char.IsSurrogatePair(pattern, position) ? 2 : 1;
                break;
        }

        EndPiece();
        return null;
    }

    private void EndPiece()
    {
        level = level.With(size, 1);
        size = 1;
    }

    private string? Open()
    {
        var start = position;
        if (!pattern.AsSpan(position).StartsWith("(?", StringComparison.Ordinal))
        {
            position++;
        }
        else if (Name(start) is { } name)
        {
            if (name.Length == 0 || !name.All(c => c == '_' || char.IsLetterOrDigit(c)) || !names.Add(name))
                return At(start, "the name of the group", "is not usable");
        }
        else if (Flags(start) is var (isGroup, fault))
        {
            if (fault is not null || !isGroup)
                return fault;
        }

        outer.Push(level);
        level = new(start);
        return null;
    }

    /// <summary>The name of a group and the place behind it; null if the group has none.</summary>
    private string? Name(int start)
    {
        if (!pattern.AsSpan(start).StartsWith("(?P<", StringComparison.Ordinal))
            return null;
        var begin = start + 4;
        var end = pattern.IndexOf('>', begin);
        if (end < 0)
            return "";
        position = end + 1;
        return pattern[begin..end];
    }

    private (bool IsGroup, string? Fault) Flags(int start)
    {
        var (isOff, hasFlag) = (false, false);
        for (position = start + 2; position < pattern.Length; position++)
        {
            switch (pattern[position])
            {
                case 'i' or 'm' or 's' or 'U':
                    hasFlag = true;
                    continue;
                case '-' when !isOff:
                    (isOff, hasFlag) = (true, false);
                    continue;
                case ':' or ')' when !isOff || hasFlag:
                    return (pattern[position++] == ':', null);
            }

            break;
        }

        return (
            false,
            At(start, "the group", "is of a kind that is not known (look-around and conditions are not supported)")
        );
    }

    /// <param name="most">Null for any number.</param>
    private string? Repeat(int start, int least, int? most)
    {
        if (!level.HasOperand)
            return At(start, "the repetition", "repeats nothing");
        if (level.RepeatedAt == start)
            return At(start, "the repetition", "repeats a repetition; put that in parentheses");
        if (position < pattern.Length && pattern[position] == '?')
            position++;
        var copies = Math.Max(most ?? least, 1);
        if (least > RepeatMax || copies > RepeatMax || most < least)
            return At(start, "the repetition", $"needs numbers in order, up to {RepeatMax}");
        level = level.Repeated(copies, position);
        return copies > 1 && level.Nesting > RepeatMax
            ? At(start, "the repetition", $"and those within it repeat more than {RepeatMax} times together")
            : null;
    }

    /// <summary>The numbers of <c>{n}</c>, <c>{n,}</c> or <c>{n,m}</c>; anything else in braces is text.</summary>
    private (int Least, int? Most)? Counts()
    {
        var end = pattern.IndexOf('}', position);
        if (end < 0)
            return null;
        var parts = pattern[(position + 1)..end].Split(',');
        if (parts.Length > 2 || Count(parts[0]) is not { } least)
            return null;
        int? most = parts is [_, ""] ? null : Count(parts[^1]);
        if (most is null && parts is [_, not ""])
            return null;
        position = end + 1;
        return (least, most);
    }

    private static int? Count(string digits) =>
        digits is ['0'] or [not '0', ..] && digits.Length <= 8 && digits.All(char.IsAsciiDigit)
            ? int.Parse(digits, CultureInfo.InvariantCulture)
            : null;

    private void Literal()
    {
        var end = pattern.IndexOf(@"\E", position + 2, StringComparison.Ordinal);
        var text = end < 0 ? pattern[(position + 2)..] : pattern[(position + 2)..end];
        position = end < 0 ? pattern.Length : end + 2;
        if (text.Length > 0)
            level = level.With(text.Length, 1);
    }

    private string? Class()
    {
        var start = position++;
        if (position < pattern.Length && pattern[position] == '^')
            position++;
        for (var isFirst = true; position < pattern.Length && (isFirst || pattern[position] != ']'); isFirst = false)
        {
            if (pattern.AsSpan(position).StartsWith("[:", StringComparison.Ordinal))
            {
                var end = pattern.IndexOf(":]", position + 2, StringComparison.Ordinal);
                if (end >= 0)
                {
                    if (!PosixClasses.Contains(pattern[(position + 2)..end].TrimStart('^')))
                        return At(position, "the class", "has no known name");
                    position = end + 2;
                    continue;
                }
            }

            var at = position;
            if (Character(inClass: true) is not { } first)
                return BadEscape(at);
            if (first == WholeClass || !IsRange())
                continue;
            at = ++position;
            if (Character(inClass: true) is not { } last || last == WholeClass)
                return BadEscape(at);
            if (last < first)
                return At(at, "the range", "ends before it begins");
        }

        if (position == pattern.Length)
            return At(start, "the bracket", "is not closed");
        position++;
        EndPiece();
        return null;
    }

    private bool IsRange() => position + 1 < pattern.Length && pattern[position] == '-' && pattern[position + 1] != ']';

    private int? Character(bool inClass)
    {
        if (pattern[position] == '\\')
            return Escape(inClass);
        var character = char.ConvertToUtf32(pattern, position);
        position += character > char.MaxValue ? 2 : 1;
        return character;
    }

    /// <summary>The character of an escape; null if there is no such escape.</summary>
    private int? Escape(bool inClass)
    {
        if (++position == pattern.Length)
            return null;
        var letter = pattern[position++];
        return letter switch
        {
            'd' or 'D' or 's' or 'S' or 'w' or 'W' => WholeClass,
            'b' or 'B' or 'A' or 'z' or 'C' when !inClass => WholeClass,
            'p' or 'P' => Group(),
            'x' => Hexadecimal(),
            'a' => '\a',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\v',
            '0' => Octal(letter),
            >= '1' and <= '7' when position < pattern.Length && pattern[position] is >= '0' and <= '7' => Octal(letter),
            < (char)128 when !char.IsAsciiLetterOrDigit(letter) => letter,
            _ => null,
        };
    }

    /// <summary>A group of Unicode; which names of scripts there are is the engine's knowledge.</summary>
    private int? Group()
    {
        size += GroupSize;
        if (position == pattern.Length)
            return null;
        if (pattern[position] != '{')
            return "CLMNPSZ".Contains(pattern[position++], StringComparison.Ordinal) ? WholeClass : null;
        var end = pattern.IndexOf('}', position);
        if (end < 0)
            return null;
        var name = pattern.AsSpan((position + 1)..end).TrimStart('^');
        position = end + 1;
        return name.Length > 0 && !name.ContainsAnyExcept(NameLetters) ? WholeClass : null;
    }

    private int? Hexadecimal()
    {
        var isBraced = position < pattern.Length && pattern[position] == '{';
        var start = isBraced ? position + 1 : position;
        var end = isBraced ? pattern.IndexOf('}', start) : start + 2;
        if (end < 0 || end > pattern.Length || end - start is < 1 or > 8)
            return null;
        position = isBraced ? end + 1 : end;
        return
            int.TryParse(
                pattern.AsSpan(start..end),
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out var code
            ) && code is >= 0 and <= 0x10FFFF
            ? code
            : null;
    }

    private int Octal(char first)
    {
        var code = first - '0';
        for (var more = 0; more < 2 && position < pattern.Length && pattern[position] is >= '0' and <= '7'; more++)
            code = code * 8 + pattern[position++] - '0';
        return code;
    }

    private string BadEscape(int start)
    {
        var rest = pattern.AsSpan(start);
        var length = rest.Length > 2 && char.IsHighSurrogate(rest[1]) ? 3 : Math.Min(2, rest.Length);
        return At(start, $"\"{rest[..length]}\"", "is no escape that is known (back-references are not supported)");
    }

    private static string At(int at, string what, string fault) =>
        string.Create(CultureInfo.InvariantCulture, $"{what} at its character {at} {fault}");

    /// <summary>What has been read of one group, or of the whole.</summary>
    /// <param name="Start">Where its parenthesis is.</param>
    /// <param name="HasOperand">A repetition may follow.</param>
    /// <param name="RepeatedAt">Behind the last repetition, where another one must not be.</param>
    /// <param name="Size">Pieces, with every repetition written out.</param>
    /// <param name="LastSize">Those of the piece that a repetition would repeat.</param>
    /// <param name="Nesting">How many times repetitions within each other repeat a piece at the most.</param>
    /// <param name="LastNesting">The same of the piece that a repetition would repeat.</param>
    private readonly record struct Level(
        int Start,
        bool HasOperand,
        int RepeatedAt,
        long Size,
        long LastSize,
        long Nesting,
        long LastNesting
    )
    {
        public Level(int start)
            : this(start, false, -1, 0, 0, 1, 1) { }

        public Level With(long size, long nesting) =>
            this with
            {
                HasOperand = true,
                Size = Size + size,
                LastSize = size,
                Nesting = Math.Max(Nesting, nesting),
                LastNesting = nesting,
            };

        public Level WithoutOperand() => this with { HasOperand = false };

        public Level Repeated(int copies, int end) =>
            this with
            {
                RepeatedAt = end,
                Size = Size + LastSize * (copies - 1),
                LastSize = LastSize * copies,
                Nesting = Math.Max(Nesting, LastNesting * copies),
                LastNesting = LastNesting * copies,
            };
    }
}
