namespace UserReports.Core.Query.Patterns;

/// <summary>What a pattern can switch on and off for the rest of a group.</summary>
[Flags]
internal enum PatternFlags
{
    None = 0,

    /// <summary><c>i</c>: letters match whatever their case.</summary>
    IgnoreCase = 1,

    /// <summary><c>m</c>: <c>^</c> and <c>$</c> are of lines.</summary>
    Lines = 2,

    /// <summary><c>s</c>: a dot is a line feed, too.</summary>
    DotIsAll = 4,

    /// <summary><c>U</c>: repetitions are lazy, and <c>?</c> makes them greedy.</summary>
    Lazy = 8,
}
