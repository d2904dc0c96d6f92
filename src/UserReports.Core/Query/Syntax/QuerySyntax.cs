namespace UserReports.Core.Query.Syntax;

/// <summary>A query as it was written: the parser's result, before anything is known of the report.</summary>
public abstract record QuerySyntax
{
    /// <summary>Every part must hold.</summary>
    public sealed record And(IReadOnlyList<QuerySyntax> Parts) : QuerySyntax
    {
        /// <inheritdoc/>
        public override string ToString() => $"({string.Join(" AND ", Parts)})";
    }

    /// <summary>Some part must hold.</summary>
    public sealed record Or(IReadOnlyList<QuerySyntax> Parts) : QuerySyntax
    {
        /// <inheritdoc/>
        public override string ToString() => $"({string.Join(" OR ", Parts)})";
    }

    /// <summary>The part must not hold.</summary>
    public sealed record Not(QuerySyntax Part) : QuerySyntax
    {
        /// <inheritdoc/>
        public override string ToString() => $"NOT {Part}";
    }

    /// <summary>A comparison.</summary>
    /// <param name="Path">Null for a bare word.</param>
    /// <param name="PathPosition">Where the path begins, in characters from 0.</param>
    public sealed record Term(string? Path, int PathPosition, ValueText Value) : QuerySyntax
    {
        /// <inheritdoc/>
        public override string ToString() => Path is null ? $"{Value}" : $"{Path}:{Value}";
    }
}

/// <summary>A value as it was written.</summary>
/// <param name="Text">Without quotes and escapes.</param>
/// <param name="IsQuoted">Quoted text is only text: <c>"null"</c> is a word, <c>null</c> is none.</param>
/// <param name="Position">Where the value begins (its quote, if it has one), in characters from 0.</param>
public readonly record struct ValueText(string Text, bool IsQuoted, int Position)
{
    /// <summary>True for a bare <c>null</c>, in any case.</summary>
    public bool IsNull => !IsQuoted && Text.Equals("null", StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override string ToString() => IsQuoted ? $"\"{Text}\"" : Text;
}
