namespace UserReports.Core.Query.Patterns;

/// <summary>How large one group of a pattern is, or the whole.</summary>
/// <param name="RepeatedAt">Behind the last repetition, where another one must not be.</param>
/// <param name="Pieces">With every repetition written out.</param>
/// <param name="LastPieces">Those of the piece that a repetition would repeat.</param>
/// <param name="Nesting">How many times repetitions within each other repeat a piece at the most.</param>
/// <param name="LastNesting">The same of the piece that a repetition would repeat.</param>
internal readonly record struct PatternSize(
    int RepeatedAt,
    long Pieces,
    long LastPieces,
    long Nesting,
    long LastNesting
)
{
    public static readonly PatternSize None = new(-1, 0, 0, 1, 1);

    /// <summary>With one more piece.</summary>
    public PatternSize With(long pieces, long nesting) =>
        this with
        {
            Pieces = Pieces + pieces,
            LastPieces = pieces,
            Nesting = Math.Max(Nesting, nesting),
            LastNesting = nesting,
        };

    /// <summary>With the last piece repeated.</summary>
    public PatternSize Repeated(int copies, int end) =>
        this with
        {
            RepeatedAt = end,
            Pieces = Pieces + LastPieces * (copies - 1),
            LastPieces = LastPieces * copies,
            Nesting = Math.Max(Nesting, LastNesting * copies),
            LastNesting = LastNesting * copies,
        };
}
