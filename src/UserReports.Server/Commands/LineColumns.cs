using Spectre.Console;
using UserReports.Server.Terminals;

namespace UserReports.Server.Commands;

/// <summary>
/// Lines whose parts stand below each other. On a screen the last part wraps within its column; in a pipe a line stays
/// one line.
/// </summary>
internal static class LineColumns
{
    private const int Gap = 2;

    /// <param name="lines">Lines of as many parts each.</param>
    /// <param name="colourOf">The colour of a line's first part on a screen, or null for none.</param>
    public static void Write(
        Terminal terminal,
        IReadOnlyList<IReadOnlyList<string>> lines,
        Func<string, Color?> colourOf
    )
    {
        if (lines.Count == 0)
            return;
        lines = [.. lines.Select(line => line.Select(VisibleLine).ToList())];
        if (terminal.Width is not { } width)
        {
            var widths = Enumerable
                .Range(0, lines[0].Count - 1)
                .Select(i => lines.Max(line => line[i].Length))
                .ToList();
            foreach (var line in lines)
            {
                var parts = widths.Select((w, i) => line[i].PadRight(w + Gap));
                terminal.Out.WriteLine((string.Concat(parts) + line[^1]).TrimEnd());
            }

            return;
        }

        var grid = new Grid();
        foreach (var i in Enumerable.Range(1, lines[0].Count))
        {
            var isLast = i == lines[0].Count;
            grid.AddColumn(new GridColumn { NoWrap = !isLast, Padding = new(0, 0, isLast ? 0 : Gap, 0) });
        }

        foreach (var line in lines)
            grid.AddRow([
                .. line.Select((text, i) => new Text(text, i == 0 && colourOf(text) is { } c ? new(c) : null)),
            ]);
        terminal.Display.Profile.Width = width;
        terminal.Display.Write(grid);
    }

    /// <summary>Messages may have several lines, which become one; nothing else of them may steer a terminal.</summary>
    private static string VisibleLine(string text) => VisibleText.Of(text.ReplaceLineEndings(" "));
}
