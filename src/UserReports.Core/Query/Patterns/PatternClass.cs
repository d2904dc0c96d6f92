namespace UserReports.Core.Query.Patterns;

/// <summary>Reads what stands in brackets.</summary>
internal static class PatternClass
{
    private static readonly string[] PosixNames =
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

    /// <summary>The class, or what is wrong with it.</summary>
    public static (Pattern? Pattern, string? Fault) Read(PatternCursor cursor, bool ignoresCase)
    {
        var start = cursor.Position++;
        var isNegated = cursor.Skip('^');
        List<ClassPart> parts = [];
        for (var isFirst = true; !cursor.IsAtEnd && (isFirst || cursor.Current != ']'); isFirst = false)
        {
            var (part, fault) = Posix(cursor) ?? Range(cursor);
            if (fault is not null)
                return (null, fault);
            parts.Add(part!);
        }

        if (!cursor.Skip(']'))
            return (null, PatternFault.At(start, "the bracket", "is not closed"));
        return (new Pattern.Class(parts, isNegated, ignoresCase), null);
    }

    private static (ClassPart? Part, string? Fault)? Posix(PatternCursor cursor)
    {
        if (!cursor.StartsWith("[:"))
            return null;
        var start = cursor.Position;
        var end = cursor.Text.IndexOf(":]", start + 2, StringComparison.Ordinal);
        if (end < 0)
            return null;
        var name = cursor.Text[(start + 2)..end];
        var isNegated = name.StartsWith('^');
        if (isNegated)
            name = name[1..];
        cursor.Position = end + 2;
        return PosixNames.Contains(name, StringComparer.Ordinal)
            ? (new ClassPart.Posix(name, isNegated), null)
            : (null, PatternFault.At(start, "the class", "has no known name"));
    }

    private static (ClassPart? Part, string? Fault) Range(PatternCursor cursor)
    {
        var at = cursor.Position;
        if (Character(cursor) is not { } first)
            return (null, PatternFault.Escape(cursor.Text, at));
        if (!first.IsCharacter)
            return (first.Part, null);
        if (!IsAtRange(cursor))
            return (new ClassPart.Range(first.Character, first.Character), null);
        at = ++cursor.Position;
        if (Character(cursor) is not { IsCharacter: true } last)
            return (null, PatternFault.Escape(cursor.Text, at));
        return last.Character < first.Character
            ? (null, PatternFault.At(at, "the range", "ends before it begins"))
            : (new ClassPart.Range(first.Character, last.Character), null);
    }

    private static bool IsAtRange(PatternCursor cursor) =>
        cursor.Position + 1 < cursor.Text.Length && cursor.Current == '-' && cursor.Text[cursor.Position + 1] != ']';

    private static PatternEscape? Character(PatternCursor cursor) =>
        cursor.Current == '\\' ? PatternEscape.Read(cursor, inClass: true) : new(cursor.Next());
}
