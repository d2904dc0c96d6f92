namespace UserReports.Core.Query;

/// <summary>Figures over all rows of a filter, by groups, that are known to fit the report.</summary>
/// <param name="Filter">Which rows, or null for all.</param>
/// <param name="Groups">At most <see cref="SummaryBounds.GroupsMax"/>; empty for one row over everything.</param>
/// <param name="Measures">At least one.</param>
/// <param name="Top">How many groups at the most; the rest is one row, the others.</param>
public sealed record SummaryQuery(
    Condition? Filter,
    IReadOnlyList<SummaryGroup> Groups,
    IReadOnlyList<SummaryMeasure> Measures,
    int Top
)
{
    /// <inheritdoc cref="ReportQuery.Warnings"/>
    public IReadOnlyList<QueryWarning> Warnings { get; init; } = [];
}

/// <summary>What rows are grouped by.</summary>
/// <param name="Path">A scalar path, or a list's collected values: then a row counts once for each different value
/// that it has.</param>
/// <param name="Step">Width of the ranges of a number, each named by its lower end; 0 to group by the number
/// itself.</param>
public sealed record SummaryGroup(FieldPath Path, SummaryPeriod Period, int Step)
{
    /// <summary>As it is written in <c>group_by</c>.</summary>
    public override string ToString() =>
        Period != SummaryPeriod.None ? $"{Path}__{Period.ToString().ToLowerInvariant()}"
        : Step > 0 ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Path}__by{Step}")
        : Path.ToString();
}

/// <summary>What an instant is grouped by; a group is named by its first instant, UTC.</summary>
public enum SummaryPeriod
{
    /// <summary>No instant.</summary>
    None,

    /// <summary>A calendar day.</summary>
    Day,

    /// <summary>A week from Monday.</summary>
    Week,

    /// <summary>A calendar month.</summary>
    Month,

    /// <summary>A calendar year.</summary>
    Year,
}

/// <summary>One figure of a summary.</summary>
/// <param name="Path">A number; null for <see cref="SummaryFunction.Count"/>.</param>
/// <param name="Percentile">1 to 99 for <see cref="SummaryFunction.Percentile"/>, otherwise 0.</param>
public sealed record SummaryMeasure(SummaryFunction Function, FieldPath? Path, int Percentile)
{
    /// <summary>As it is written in <c>metrics</c>.</summary>
    public override string ToString() =>
        Function switch
        {
            SummaryFunction.Count => "count",
            SummaryFunction.Percentile => string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{Path}__p{Percentile}"
            ),
            _ => $"{Path}__{Function.ToString().ToLowerInvariant()}",
        };
}

/// <summary>How a figure is made of the values of its rows; nulls are left out.</summary>
public enum SummaryFunction
{
    /// <summary>How many rows.</summary>
    Count,

    /// <summary>The sum.</summary>
    Sum,

    /// <summary>The least.</summary>
    Min,

    /// <summary>The greatest.</summary>
    Max,

    /// <summary>The mean.</summary>
    Avg,

    /// <summary>The value below or at which so many percent of the values lie.</summary>
    Percentile,
}

/// <summary>How much a summary may hold.</summary>
public static class SummaryBounds
{
    /// <summary>Paths to group by.</summary>
    public const int GroupsMax = 2;

    /// <summary>Figures.</summary>
    public const int MeasuresMax = 20;

    /// <summary>Groups that are answered one by one.</summary>
    public const int TopMax = 1000;

    /// <summary>As many unless asked otherwise.</summary>
    public const int TopDefault = 20;
}
