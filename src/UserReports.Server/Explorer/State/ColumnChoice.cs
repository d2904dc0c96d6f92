using System.Globalization;

namespace UserReports.Server.Explorer.State;

/// <summary>A column that is shown: which, how wide, and whether it stays while the others scroll.</summary>
/// <param name="Key">The key of a <see cref="Table.TableColumn"/>.</param>
/// <param name="Width">Pixels, or null for the column's own width.</param>
public sealed record ColumnChoice(string Key, bool IsPinned = false, int? Width = null)
{
    /// <summary>The narrowest that a column can be made.</summary>
    public const int WidthMin = 60;

    /// <summary>The widest that a column can be made.</summary>
    public const int WidthMax = 900;

    /// <summary>Reads what <see cref="ToString"/> writes; parts that make no sense are left out.</summary>
    public static ColumnChoice Parse(string text)
    {
        var parts = text.Split('~');
        int? width = null;
        foreach (var part in parts.Skip(1))
        {
            if (int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var pixels))
                width = Math.Clamp(pixels, WidthMin, WidthMax);
        }

        return new(parts[0], parts.Skip(1).Contains("pin"), width);
    }

    /// <summary>As in the address: <c>username~pin~180</c>.</summary>
    public override string ToString() =>
        Key + (IsPinned ? "~pin" : "") + (Width is { } w ? string.Create(CultureInfo.InvariantCulture, $"~{w}") : "");
}
