using System.Globalization;
using System.Text;
using System.Text.Json;
using SpreadCheetah;
using SpreadCheetah.Styling;
using SpreadCheetah.Worksheets;
using UserReports.Core.Reports;

namespace UserReports.Server.Export.Xlsx;

/// <summary>
/// A sheet for people: typed cells, a frozen header with a filter. Rows go into the archive as they come, so memory
/// does not grow with their number.
/// </summary>
/// <param name="rows">How many rows will be written: the filter that spans them stands in front.</param>
internal sealed class XlsxExport(ForwardStream output, ExportColumns columns, long rows) : IExportWriter
{
    /// <summary>Sheets calculate in doubles: a whole number beyond this would change, so it is shown as text.</summary>
    private const long WholeMax = 1L << 53;

    /// <summary>A number of so many characters is read back from a sheet as it is.</summary>
    private const int DigitsMax = 16;

    private const int InstantWidth = 20;
    private const int UsualWidth = 16;

    /// <summary>
    /// Sheets count a 29th of February 1900 that never was, each program in its own way: before the day after it an
    /// instant is text, since its number would be another day somewhere.
    /// </summary>
    private static readonly DateTime FirstSureDay = new(1900, 3, 1, 0, 0, 0, DateTimeKind.Unspecified);

    private static readonly SpreadCheetahOptions Options = new()
    {
        CompressionLevel = SpreadCheetahCompressionLevel.Fastest,
        DefaultDateTimeFormat = NumberFormat.Custom(@"yyyy\-mm\-dd\ hh:mm:ss"),
        // Without them the file does not say when and by whom it was made.
        DocumentProperties = null,
        PreserveStringWhitespace = true,
        // Programs that look for a cell by its place find it.
        WriteCellReferenceAttributes = true,
    };

    private readonly ExportColumn[] columns = [.. columns.Columns];
    private readonly Cell[] cells = new Cell[DocumentNode.Leaves.Count];
    private readonly DataCell[] row = new DataCell[columns.Columns.Count];

    /// <summary>
    /// Only a file that is complete is closed: closing writes the archive's directory, and half a file must not look
    /// like a whole one.
    /// </summary>
    private Spreadsheet? sheet;

    public async ValueTask BeginAsync(CancellationToken cancellationToken)
    {
        sheet = await Spreadsheet.CreateNewAsync(output, Options, cancellationToken);
        var lastCell = string.Create(
            CultureInfo.InvariantCulture,
            $"{SpreadsheetUtility.GetColumnName(columns.Length)}{rows + 1}"
        );
        var options = new WorksheetOptions { FrozenRows = 1, AutoFilter = new($"A1:{lastCell}") };
        foreach (var (i, column) in columns.Index())
            options.Column(i + 1).Width = column.Field.Kind == FieldKind.Instant ? InstantWidth : UsualWidth;
        await sheet.StartWorksheetAsync("Reports", options, cancellationToken);
        var bold = sheet.AddStyle(new Style { Font = { Bold = true } });
        await sheet.AddHeaderRowAsync([.. columns.Select(column => XlsxText.Of(column.Name))], bold, cancellationToken);
    }

    public async ValueTask WriteAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> documents,
        CancellationToken cancellationToken
    )
    {
        for (var i = 0; i < documents.Count; i++)
        {
            var filled = Read(documents[i].Span);
            await sheet!.AddRowAsync(row.AsMemory(0, filled), cancellationToken);
        }

        await output.FlushAsync(cancellationToken);
    }

    public async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        await sheet!.FinishAsync(cancellationToken);
        await sheet.DisposeAsync();
        await output.FlushAsync(cancellationToken);
    }

    /// <returns>How many cells the row has without the empty ones at its end.</returns>
    private int Read(ReadOnlySpan<byte> document)
    {
        new DocumentCursor(document).ReadMembers(DocumentNode.Report, cells);
        var filled = 0;
        for (var i = 0; i < columns.Length; i++)
        {
            var cell = columns[i].Find(document, cells);
            row[i] = cell.IsNull ? default : CellOf(columns[i], cell.Of(document));
            if (!cell.IsNull)
                filled = i + 1;
        }

        return filled;
    }

    private static DataCell CellOf(ExportColumn column, ReadOnlySpan<byte> json) =>
        column.KindOf(json) switch
        {
            FieldKind.Boolean => new(json[0] == 't'),
            FieldKind.Integer => Whole(long.Parse(json, CultureInfo.InvariantCulture)),
            FieldKind.Decimal when column.IsKey => Number(json),
            FieldKind.Decimal => new(decimal.Parse(json, CultureInfo.InvariantCulture)),
            FieldKind.Instant => Instant(Encoding.ASCII.GetString(json[1..^1])),
            FieldKind.Text => new(XlsxText.Of(JsonSerializer.Deserialize<string>(json)!)),
            _ => new(XlsxText.Of(Encoding.UTF8.GetString(json))),
        };

    /// <summary>A free-form number may be larger or finer than any that a sheet has: then it is text.</summary>
    private static DataCell Number(ReadOnlySpan<byte> json) =>
        long.TryParse(json, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? Whole(whole)
        : json.Length <= DigitsMax
        && decimal.TryParse(json, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? new(number)
        : new(Encoding.ASCII.GetString(json));

    private static DataCell Whole(long number) =>
        number is > WholeMax or < -WholeMax ? new(number.ToString(CultureInfo.InvariantCulture)) : new(number);

    private static DataCell Instant(string written)
    {
        var instant = DateTime.ParseExact(
            written.AsSpan(0, "yyyy-MM-ddTHH:mm:ss".Length),
            "yyyy-MM-ddTHH:mm:ss",
            CultureInfo.InvariantCulture
        );
        return instant < FirstSureDay ? new(written) : new(instant);
    }
}
