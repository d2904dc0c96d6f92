using System.Globalization;

namespace UserReports.Core.Query.Patterns;

/// <summary>
/// Tells whether a text is a regular expression of RE2, the syntax of the store's engine, and what tree it is, without
/// building an automaton.
/// </summary>
/// <remarks>
/// An engine that builds automata may need minutes for a few hundred characters (<c>((a{2}){2}){2}…</c>), so none may
/// be asked on the way to a query. This reads the pattern once, from left to right, with one entry per open group.
/// </remarks>
internal sealed class PatternParser
{
    private const int RepeatMax = 1000;

    private readonly PatternCursor cursor;
    private readonly Stack<OpenGroup> outer = [];
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private OpenGroup group;

    private PatternParser(string pattern, PatternFlags flags)
    {
        cursor = new(pattern);
        group = new(0, flags);
    }

    /// <summary>The tree, or what is wrong, as the rest of a sentence without its full stop.</summary>
    public static (Pattern? Pattern, string? Fault) Parse(string pattern, bool ignoresCase)
    {
        var parser = new PatternParser(pattern, ignoresCase ? PatternFlags.IgnoreCase : PatternFlags.None);
        return parser.Read() is { } fault ? (null, fault) : (parser.group.Close(), null);
    }

    /// <inheritdoc cref="Pattern.PiecesOf"/>
    public static long PiecesOf(string pattern)
    {
        var parser = new PatternParser(pattern, PatternFlags.None);
        parser.Read();
        return parser.group.Size.Pieces;
    }

    private string? Read()
    {
        while (!cursor.IsAtEnd)
        {
            if (Piece() is { } fault)
                return fault;
            if (group.Size.Pieces > QueryBounds.PatternPiecesMax)
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"written out without repetition it has more than {QueryBounds.PatternPiecesMax} pieces"
                );
            }
        }

        return outer.Count == 0 ? null : PatternFault.At(group.Start, "the parenthesis", "is not closed");
    }

    private string? Piece()
    {
        var start = cursor.Position;
        switch (cursor.Current)
        {
            case '(':
                return Open();
            case ')':
                return Close();
            case '|':
                cursor.Position++;
                group.NextWay();
                return null;
            case '*' or '+' or '?':
                var sign = cursor.Current;
                cursor.Position++;
                return Repeat(start, sign == '+' ? 1 : 0, sign == '?' ? 1 : null);
            case '{' when Counts() is var (least, most):
                return Repeat(start, least, most);
            case '\\' when cursor.StartsWith(@"\Q"):
                Literal();
                return null;
        }

        var (piece, fault) = Operand(start);
        if (piece is null)
            return fault;
        group.Add(piece);
        group.Size = group.Size.With(cursor.Size, 1);
        cursor.Size = 1;
        return null;
    }

    private (Pattern? Pattern, string? Fault) Operand(int start)
    {
        var ignoresCase = group.Has(PatternFlags.IgnoreCase);
        switch (cursor.Current)
        {
            case '[':
                return PatternClass.Read(cursor, ignoresCase);
            case '\\':
                if (PatternEscape.Read(cursor, inClass: false) is not { } escape)
                    return (null, PatternFault.Escape(cursor.Text, start));
                return (
                    escape.Part is { } part
                        ? new Pattern.Class([part], false, ignoresCase)
                        : escape.Whole ?? new Pattern.Literal(escape.Character, ignoresCase),
                    null
                );
            case '.':
                cursor.Position++;
                return (new Pattern.AnyCharacter(group.Has(PatternFlags.DotIsAll)), null);
            case '^' or '$':
                return (PlaceAt(group.Has(PatternFlags.Lines), cursor.Next() == '^'), null);
            default:
                return (new Pattern.Literal(cursor.Next(), ignoresCase), null);
        }
    }

    private static Pattern.Place PlaceAt(bool isLine, bool isStart) =>
        new(
            isLine
                ? isStart
                    ? PatternPlace.LineStart
                    : PatternPlace.LineEnd
                : isStart
                    ? PatternPlace.TextStart
                    : PatternPlace.TextEnd
        );

    private string? Open()
    {
        var start = cursor.Position;
        if (!cursor.StartsWith("(?"))
        {
            cursor.Position++;
            Begin(new(start, group.Flags, captures: true));
        }
        else if (Name(start) is { } name)
        {
            if (name.Length == 0 || !name.All(c => c == '_' || char.IsLetterOrDigit(c)) || !names.Add(name))
                return PatternFault.At(start, "the name of the group", "is not usable");
            Begin(new(start, group.Flags, captures: true, name));
        }
        else if (Flags(start) is var (isGroup, flags, fault))
        {
            if (fault is not null)
                return fault;
            if (isGroup)
                Begin(new(start, flags));
            else
                group.Flags = flags;
        }

        return null;
    }

    private void Begin(OpenGroup inner)
    {
        outer.Push(group);
        group = inner;
    }

    private string? Close()
    {
        if (!outer.TryPop(out var owner))
            return PatternFault.At(cursor.Position, "the parenthesis", "closes nothing");
        cursor.Position++;
        owner.Add(group.Close());
        owner.Size = owner.Size.With(group.Size.Pieces + 1, group.Size.Nesting);
        group = owner;
        return null;
    }

    /// <summary>The name of a group and the place behind it; null if the group has none.</summary>
    private string? Name(int start)
    {
        if (!cursor.StartsWith("(?P<"))
            return null;
        var begin = start + 4;
        var end = cursor.Text.IndexOf('>', begin);
        if (end < 0)
            return "";
        cursor.Position = end + 1;
        return cursor.Text[begin..end];
    }

    private (bool IsGroup, PatternFlags Flags, string? Fault) Flags(int start)
    {
        var (isOff, hasFlag, flags) = (false, false, group.Flags);
        for (cursor.Position = start + 2; !cursor.IsAtEnd; cursor.Position++)
        {
            switch (cursor.Current)
            {
                case 'i' or 'm' or 's' or 'U':
                    hasFlag = true;
                    flags = isOff ? flags & ~FlagOf(cursor.Current) : flags | FlagOf(cursor.Current);
                    continue;
                case '-' when !isOff:
                    (isOff, hasFlag) = (true, false);
                    continue;
                case ':' or ')' when !isOff || hasFlag:
                    return (cursor.Next() == ':', flags, null);
            }

            break;
        }

        return (
            false,
            flags,
            PatternFault.At(
                start,
                "the group",
                "is of a kind that is not known (look-around and conditions are not supported)"
            )
        );
    }

    private static PatternFlags FlagOf(char letter) =>
        letter switch
        {
            'i' => PatternFlags.IgnoreCase,
            'm' => PatternFlags.Lines,
            's' => PatternFlags.DotIsAll,
            _ => PatternFlags.Lazy,
        };

    /// <param name="most">Null for any number.</param>
    private string? Repeat(int start, int least, int? most)
    {
        if (!group.HasOperand)
            return PatternFault.At(start, "the repetition", "repeats nothing");
        if (group.Size.RepeatedAt == start)
            return PatternFault.At(start, "the repetition", "repeats a repetition; put that in parentheses");
        var isLazy = cursor.Skip('?') != group.Has(PatternFlags.Lazy);
        var copies = Math.Max(most ?? least, 1);
        if (least > RepeatMax || copies > RepeatMax || most < least)
            return PatternFault.At(start, "the repetition", $"needs numbers in order, up to {RepeatMax}");
        group.Repeat(least, most, isLazy);
        group.Size = group.Size.Repeated(copies, cursor.Position);
        return copies > 1 && group.Size.Nesting > RepeatMax
            ? PatternFault.At(
                start,
                "the repetition",
                $"and those within it repeat more than {RepeatMax} times together"
            )
            : null;
    }

    /// <summary>The numbers of <c>{n}</c>, <c>{n,}</c> or <c>{n,m}</c>; anything else in braces is text.</summary>
    private (int Least, int? Most)? Counts()
    {
        var end = cursor.Text.IndexOf('}', cursor.Position);
        if (end < 0)
            return null;
        var parts = cursor.Text[(cursor.Position + 1)..end].Split(',');
        if (parts.Length > 2 || Count(parts[0]) is not { } least)
            return null;
        int? most = parts is [_, ""] ? null : Count(parts[^1]);
        if (most is null && parts is [_, not ""])
            return null;
        cursor.Position = end + 1;
        return (least, most);
    }

    private static int? Count(string digits) =>
        digits is ['0'] or [not '0', ..] && digits.Length <= 8 && digits.All(char.IsAsciiDigit)
            ? int.Parse(digits, CultureInfo.InvariantCulture)
            : null;

    private void Literal()
    {
        var start = cursor.Position + 2;
        var end = cursor.Text.IndexOf(@"\E", start, StringComparison.Ordinal);
        var text = end < 0 ? cursor.Text[start..] : cursor.Text[start..end];
        cursor.Position = end < 0 ? cursor.Text.Length : end + 2;
        foreach (var rune in text.EnumerateRunes())
            group.Add(new Pattern.Literal(rune.Value, group.Has(PatternFlags.IgnoreCase)));
        if (text.Length > 0)
            group.Size = group.Size.With(text.Length, 1);
    }
}
