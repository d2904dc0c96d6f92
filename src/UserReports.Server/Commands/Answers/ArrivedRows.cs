using UserReports.Server.Export;

namespace UserReports.Server.Commands.Answers;

/// <summary>Counts the rows in a file while it arrives, where its format lets them be seen.</summary>
internal sealed class ArrivedRows(ExportFormat format)
{
    // The first line of CSV holds the columns' names.
    private long lines = format == ExportFormat.Csv ? -1 : 0;
    private bool quoted;

    /// <summary>The complete rows so far, or null if the format hides them.</summary>
    /// <param name="piece">What has arrived since the last call.</param>
    public long? After(ReadOnlySpan<byte> piece)
    {
        if (format == ExportFormat.NdJson)
            return lines += piece.Count((byte)'\n');
        if (format != ExportFormat.Csv)
            return null;
        for (int next; (next = piece.IndexOfAny((byte)'"', (byte)'\n')) >= 0; piece = piece[(next + 1)..])
        {
            // A quote within a quoted text is doubled, which ends and begins it again.
            if (piece[next] == '"')
                quoted = !quoted;
            else if (!quoted)
                lines++;
        }

        return Math.Max(0, lines);
    }
}
