using UserReports.Core.Reports;
using UserReports.Server.Explorer.State;

namespace UserReports.Server.Explorer.Table;

/// <summary>Where a column stands in the table.</summary>
/// <param name="Left">For a pinned column: pixels from the left at which it stays; otherwise null.</param>
public sealed record ColumnLayout(TableColumn Column, int Width, int? Left)
{
    private const int ExactTimeWidth = 180;

    /// <summary>The classes of its cells.</summary>
    public string Class => (Left is null ? "" : "pinned ") + (Column.IsNumber ? "number" : "");

    /// <summary>The style of its cells, or null.</summary>
    public string? Style => Left is { } left ? $"--left:{left}px" : null;

    /// <summary>Lays the chosen columns out: the pinned ones stay side by side.</summary>
    /// <param name="exactTimes">Whether instants are written in full, which takes more room.</param>
    public static IReadOnlyList<ColumnLayout> Of(
        IReadOnlyList<ColumnChoice> choices,
        IReadOnlyList<TableColumn> columns,
        bool exactTimes
    )
    {
        List<ColumnLayout> layouts = [];
        var left = 0;
        foreach (var (choice, column) in choices.Zip(columns))
        {
            var usual = exactTimes && column.Field.Kind == FieldKind.Instant ? ExactTimeWidth : column.Width;
            var width = choice.Width ?? usual;
            layouts.Add(new(column, width, choice.IsPinned ? left : null));
            if (choice.IsPinned)
                left += width;
        }

        return layouts;
    }
}
