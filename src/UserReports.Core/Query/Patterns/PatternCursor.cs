namespace UserReports.Core.Query.Patterns;

/// <summary>Where the reading of a pattern is, and what the piece that is being read counts for.</summary>
internal sealed class PatternCursor(string text)
{
    public string Text => text;

    public int Position { get; set; }

    /// <summary>Pieces of the one that is being read.</summary>
    public int Size { get; set; } = 1;

    public bool IsAtEnd => Position >= text.Length;

    public char Current => text[Position];

    public bool StartsWith(string beginning) => text.AsSpan(Position).StartsWith(beginning, StringComparison.Ordinal);

    /// <summary>Whether the next character is an octal digit.</summary>
    public bool IsAtOctal => !IsAtEnd && Current is >= '0' and <= '7';

    /// <summary>Goes on if the next character is this one.</summary>
    public bool Skip(char character)
    {
        if (IsAtEnd || Current != character)
            return false;
        Position++;
        return true;
    }

    /// <summary>The next character of Unicode.</summary>
    public int Next()
    {
        var isPair = char.IsSurrogatePair(text, Position);
        var character = isPair ? char.ConvertToUtf32(text, Position) : Current;
        Position += isPair ? 2 : 1;
        return character;
    }
}
