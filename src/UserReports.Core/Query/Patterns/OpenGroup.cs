namespace UserReports.Core.Query.Patterns;

/// <summary>What has been read of one group of a pattern, or of the whole.</summary>
/// <param name="start">Where its parenthesis is.</param>
/// <param name="flags">Those in effect at its beginning.</param>
/// <param name="captures">Whether its text could be taken out.</param>
internal sealed class OpenGroup(int start, PatternFlags flags, bool captures = false, string? name = null)
{
    private readonly List<Pattern> ways = [];
    private List<Pattern> parts = [];

    public int Start => start;

    /// <summary>Those in effect where reading is.</summary>
    public PatternFlags Flags { get; set; } = flags;

    public PatternSize Size { get; set; } = PatternSize.None;

    /// <summary>A repetition may follow.</summary>
    public bool HasOperand => parts.Count > 0;

    public bool Has(PatternFlags flag) => (Flags & flag) != 0;

    public void Add(Pattern part) => parts.Add(part);

    public void NextWay()
    {
        ways.Add(InSequence());
        parts = [];
    }

    public void Repeat(int least, int? most, bool isLazy) =>
        parts[^1] = new Pattern.Repetition(parts[^1], least, most, isLazy);

    public Pattern Close()
    {
        var last = InSequence();
        var all = ways.Count == 0 ? last : new Pattern.Choice([.. ways, last]);
        return captures ? new Pattern.Capture(all, name) : all;
    }

    /// <summary>Without sequences in sequences, so that one text has one tree however it is parenthesised.</summary>
    private Pattern InSequence()
    {
        List<Pattern> flat = [];
        foreach (var part in parts)
        {
            if (part is Pattern.Sequence sequence)
                flat.AddRange(sequence.Parts);
            else if (part is not Pattern.Empty)
                flat.Add(part);
        }

        return flat.Count switch
        {
            0 => new Pattern.Empty(),
            1 => flat[0],
            _ => new Pattern.Sequence(flat),
        };
    }
}
