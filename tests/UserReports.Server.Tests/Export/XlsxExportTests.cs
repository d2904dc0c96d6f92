using System.Globalization;
using System.Text.Json.Nodes;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using DocumentFormat.OpenXml.Validation;
using UserReports.Core.Reports;
using UserReports.Server.Export;
using Cell = DocumentFormat.OpenXml.Spreadsheet.Cell;

namespace UserReports.Server.Tests.Export;

public sealed class XlsxExportTests
{
    [Fact]
    public async Task Xlsx_OfAwkwardRows_ReadsBackAsTheList()
    {
        using var document = Open(await AwkwardRows.ExportAsync(ExportFormat.Xlsx));
        var rows = Sheet(document).Descendants<Row>().ToList();
        var header = rows[0].Elements<Cell>().Select(cell => Text(cell)!).ToList();

        Assert.Equal(ExportColumns.All.Names, header);
        Assert.Equal(AwkwardRows.Rows.Count, rows.Count - 1);
        foreach (var (line, row) in rows.Skip(1).Zip(AwkwardRows.Rows))
        {
            var cells = line.Elements<Cell>().ToDictionary(cell => Column(cell.CellReference!.Value!));
            foreach (var (i, name) in header.Index())
                AssertCell(name, AwkwardRows.At(row, name), cells.GetValueOrDefault(i));
        }
    }

    [Fact]
    public async Task Xlsx_KeysOfFreeFormJson_AreColumnsOfTheirOwn()
    {
        using var document = Open(
            await AwkwardRows.ExportAsync(
                ExportFormat.Xlsx,
                ExportColumns.Of(AwkwardRows.Keys + ",extra_details__data__small")
            )
        );
        var rows = Sheet(document).Descendants<Row>().ToList();
        var values = rows[1].Elements<Cell>().ToDictionary(cell => Column(cell.CellReference!.Value!));

        Assert.Equal(
            [.. AwkwardRows.KeyHeaders, "extra_details__data__small"],
            rows[0].Elements<Cell>().Select(cell => Text(cell)!)
        );
        foreach (var (i, value) in AwkwardRows.KeyValues.Index())
        {
            var cell = values.GetValueOrDefault(i);
            var read = cell is null ? null : SheetText.Read(Text(cell) ?? "");
            Assert.Equal(cell?.DataType?.Value == CellValues.Boolean ? "1" : value ?? "", read ?? "");
        }

        // A number that a sheet holds is one.
        Assert.Equal(("1.5", false), (Text(values[10]), values[10].DataType?.Value == CellValues.InlineString));
    }

    [Fact]
    public async Task Xlsx_Header_StaysAndFilters()
    {
        using var document = Open(await AwkwardRows.ExportAsync(ExportFormat.Xlsx));

        Assert.Equal(1, Sheet(document).Descendants<Pane>().Single().VerticalSplit!.Value);
        Assert.Equal(PaneStateValues.Frozen, Sheet(document).Descendants<Pane>().Single().State!.Value);
        var last = Sheet(document).Descendants<Row>().First().Elements<Cell>().Last().CellReference!.Value![..^1];
        Assert.Equal(
            $"A1:{last}{AwkwardRows.Rows.Count + 1}",
            Sheet(document).Descendants<AutoFilter>().Single().Reference!.Value
        );
    }

    [Fact]
    public async Task Xlsx_OfAwkwardRows_IsValid()
    {
        using var document = Open(await AwkwardRows.ExportAsync(ExportFormat.Xlsx));

        Assert.Empty(
            new OpenXmlValidator()
                .Validate(document, TestContext.Current.CancellationToken)
                .Select(error => $"{error.Path?.XPath}: {error.Description}")
        );
    }

    [Fact]
    public void Xlsx_MoreRowsThanASheetHolds_IsRefused()
    {
        var refused = Assert.Throws<ExportRefusedException>(() => ReportExporter.Check(ExportFormat.Xlsx, 1_048_576));

        Assert.Equal(
            "The query has 1048576 rows, but a sheet holds 1048575. Narrow the query, or take csv or parquet.",
            refused.Message
        );
        ReportExporter.Check(ExportFormat.Xlsx, 1_048_575);
        ReportExporter.Check(ExportFormat.Csv, 1_048_576);
    }

    private static SpreadsheetDocument Open(byte[] file) => SpreadsheetDocument.Open(new MemoryStream(file), false);

    private static Worksheet Sheet(SpreadsheetDocument document) =>
        document.WorkbookPart!.WorksheetParts.Single().Worksheet!;

    private static void AssertCell(string name, JsonNode? expected, Cell? cell)
    {
        var kind = ReportCatalogue.All.Single(f => f.Path == name || f.Path == name + "[]").Kind;
        if (expected is null)
        {
            Assert.True(string.IsNullOrEmpty(cell is null ? null : Text(cell)), name);
            return;
        }

        switch (kind)
        {
            case FieldKind.Boolean:
                Assert.Equal(CellValues.Boolean, cell!.DataType!.Value);
                Assert.Equal(expected.GetValue<bool>() ? "1" : "0", cell.CellValue!.Text);
                break;
            case FieldKind.Integer:
                Assert.Equal(expected.GetValue<long>().ToString(CultureInfo.InvariantCulture), Text(cell!));
                break;
            case FieldKind.Instant:
                var written = expected.GetValue<string>();
                if (string.CompareOrdinal(written, "1900-03-01") < 0)
                {
                    Assert.Equal(written, Text(cell!));
                    break;
                }

                var days = double.Parse(cell!.CellValue!.Text, CultureInfo.InvariantCulture);
                var instant = DateTime.FromOADate(days);
                var wanted = DateTimeOffset.Parse(written, CultureInfo.InvariantCulture).UtcDateTime;
                Assert.True((instant - wanted).Duration() < TimeSpan.FromMilliseconds(500), name);
                break;
            case FieldKind.Text:
                Assert.Equal(expected.GetValue<string>(), SheetText.Read(Text(cell!)!));
                break;
            default:
                Assert.Equal(RawText.Of(expected), SheetText.Read(Text(cell!)!));
                break;
        }
    }

    private static string? Text(Cell cell) => cell.CellValue?.Text ?? cell.InlineString?.InnerText;

    private static int Column(string reference) =>
        reference.TakeWhile(char.IsLetter).Aggregate(0, (column, letter) => (column * 26) + letter - 'A' + 1) - 1;
}
