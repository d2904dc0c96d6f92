using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Xml;
using UserReports.Core.Reports;

namespace UserReports.Server.Export;

/// <summary>
/// A sheet for people: typed cells, a frozen header with a filter. Rows go into the archive as they come, so memory
/// does not grow with their number; the libraries that were tried for this either keep the sheet or spoil characters
/// outside the first plane.
/// </summary>
internal sealed class XlsxExport(ForwardStream output, ExportColumns columns) : IExportWriter
{
    /// <summary>What a cell of a sheet holds at the most.</summary>
    private const int TextMax = 32_767;

    /// <summary>Sheets calculate in doubles: a whole number beyond this would change, so it is shown as text.</summary>
    private const long WholeMax = 1L << 53;

    /// <summary>The earliest that the format can say.</summary>
    private static readonly DateTimeOffset NoTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly int[] leaves = [.. columns.Leaves];
    private readonly FieldKind[] kinds = [.. columns.Fields.Select(field => field.Kind)];

    private readonly string[] letters = [.. columns.Leaves.Index().Select(column => Letters(column.Index))];
    private readonly Cell[] cells = new Cell[DocumentNode.Leaves.Count];
    private readonly ZipArchive archive = new(output, ZipArchiveMode.Create, leaveOpen: true);
    private XmlWriter? sheet;
    private int rowNumber = 1;

    public ValueTask BeginAsync(CancellationToken cancellationToken)
    {
        foreach (var (name, text) in XlsxParts.All)
        {
            using var part = Entry(name, CompressionLevel.Optimal).Open();
            part.Write(Encoding.UTF8.GetBytes(text));
        }

        sheet = XmlWriter.Create(Entry(XlsxParts.Sheet, CompressionLevel.Fastest).Open(), new() { CloseOutput = true });
        XlsxParts.BeginSheet(sheet, kinds.Select(kind => kind == FieldKind.Instant ? 20 : 16));
        WriteHeader();
        return ValueTask.CompletedTask;
    }

    public async ValueTask WriteAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> documents,
        CancellationToken cancellationToken
    )
    {
        foreach (var document in documents)
            WriteRow(document.Span);
        await output.FlushAsync(cancellationToken);
    }

    public async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        XlsxParts.EndSheet(sheet!, $"A1:{letters[^1]}{rowNumber.ToString(CultureInfo.InvariantCulture)}");
        sheet!.Dispose();
        archive.Dispose();
        await output.FlushAsync(cancellationToken);
    }

    private void WriteHeader()
    {
        BeginRow();
        foreach (var (i, name) in columns.Names.Index())
            WriteText(i, name, XlsxParts.HeaderStyle);
        sheet!.WriteEndElement();
    }

    private void WriteRow(ReadOnlySpan<byte> document)
    {
        new DocumentCursor(document).ReadMembers(DocumentNode.Report, cells);
        rowNumber++;
        BeginRow();
        for (var i = 0; i < leaves.Length; i++)
        {
            if (!cells[leaves[i]].IsNull)
                WriteCell(i, cells[leaves[i]].Of(document));
        }

        sheet!.WriteEndElement();
    }

    private void WriteCell(int column, ReadOnlySpan<byte> json)
    {
        switch (kinds[column])
        {
            case FieldKind.Boolean:
                WriteValue(column, json[0] == 't' ? "1" : "0", type: "b");
                break;
            case FieldKind.Integer when long.Parse(json, CultureInfo.InvariantCulture) is > WholeMax or < -WholeMax:
                WriteText(column, Encoding.ASCII.GetString(json));
                break;
            case FieldKind.Integer or FieldKind.Decimal:
                WriteValue(column, Encoding.ASCII.GetString(json));
                break;
            case FieldKind.Instant:
                var instant = DateTime.ParseExact(
                    Encoding.ASCII.GetString(json[1..20]),
                    "yyyy-MM-ddTHH:mm:ss",
                    CultureInfo.InvariantCulture
                );
                WriteValue(
                    column,
                    instant.ToOADate().ToString("R", CultureInfo.InvariantCulture),
                    style: XlsxParts.InstantStyle
                );
                break;
            case FieldKind.Text:
                WriteText(column, JsonSerializer.Deserialize<string>(json)!);
                break;
            default:
                WriteText(column, Encoding.UTF8.GetString(json));
                break;
        }
    }

    private void BeginRow()
    {
        sheet!.WriteStartElement("row");
        sheet.WriteAttributeString("r", rowNumber.ToString(CultureInfo.InvariantCulture));
    }

    private void BeginCell(int column, string? type, string? style)
    {
        sheet!.WriteStartElement("c");
        sheet.WriteAttributeString("r", letters[column] + rowNumber.ToString(CultureInfo.InvariantCulture));
        if (style is not null)
            sheet.WriteAttributeString("s", style);
        if (type is not null)
            sheet.WriteAttributeString("t", type);
    }

    private void WriteValue(int column, string value, string? type = null, string? style = null)
    {
        BeginCell(column, type, style);
        sheet!.WriteElementString("v", value);
        sheet.WriteEndElement();
    }

    private void WriteText(int column, string text, string? style = null)
    {
        BeginCell(column, "inlineStr", style);
        sheet!.WriteStartElement("is");
        sheet.WriteStartElement("t");
        sheet.WriteAttributeString("xml", "space", null, "preserve");
        sheet.WriteString(Fit(text));
        sheet.WriteEndElement();
        sheet.WriteEndElement();
        sheet.WriteEndElement();
    }

    /// <summary>A part without the time it was written at: the same rows make the same file.</summary>
    private ZipArchiveEntry Entry(string name, CompressionLevel level)
    {
        var entry = archive.CreateEntry(name, level);
        entry.LastWriteTime = NoTime;
        return entry;
    }

    /// <summary>
    /// Characters that XML cannot hold become a space; what is too long for a cell ends in an ellipsis.
    /// </summary>
    private static string Fit(string text)
    {
        if (text.Length > TextMax)
            text = string.Concat(
                text.AsSpan(0, char.IsHighSurrogate(text[TextMax - 2]) ? TextMax - 2 : TextMax - 1),
                "…"
            );
        return text.Any(IsStrange)
            ? string.Create(
                text.Length,
                text,
                (span, from) =>
                {
                    for (var i = 0; i < span.Length; i++)
                        span[i] = IsStrange(from[i]) ? ' ' : from[i];
                }
            )
            : text;
    }

    private static bool IsStrange(char character) => !XmlConvert.IsXmlChar(character) && !char.IsSurrogate(character);

    private static string Letters(int column) =>
        column < 26 ? ((char)('A' + column)).ToString() : Letters((column / 26) - 1) + Letters(column % 26);
}
