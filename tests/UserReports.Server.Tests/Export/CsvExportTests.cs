using System.Text;
using System.Text.Json.Nodes;
using CsvHelper;
using UserReports.Core.Reports;
using UserReports.Server.Export;
using UserReports.Server.Requests;

namespace UserReports.Server.Tests.Export;

public sealed class CsvExportTests
{
    [Fact]
    public async Task Csv_OfAwkwardRows_ReadsBackAsTheList()
    {
        var lines = Read(await AwkwardRows.ExportAsync(ExportFormat.Csv));

        Assert.Equal(AwkwardRows.Rows.Count, lines.Count);
        foreach (var (line, row) in lines.Zip(AwkwardRows.Rows))
        {
            foreach (var (path, text) in line)
                Assert.Equal(Expected(AwkwardRows.At(row, path)), text);
        }
    }

    [Fact]
    public async Task Csv_Header_HoldsEveryValueOutsideOfLists()
    {
        var header = Read(await AwkwardRows.ExportAsync(ExportFormat.Csv))[0].Keys;

        Assert.Equal(
            ReportCatalogue
                .All.Where(field => !field.IsBelowList && field.Kind != FieldKind.Object)
                .Select(field => field.Path.TrimEnd('[', ']')),
            header
        );
        Assert.Contains("service_usage__total_storage_bytes", header);
    }

    [Fact]
    public async Task Csv_Protected_ChangesTextsThatAreFormulasAlone()
    {
        var plain = Read(await AwkwardRows.ExportAsync(ExportFormat.Csv));
        var lines = Read(await AwkwardRows.ExportAsync(ExportFormat.Csv, csv: new(ProtectFormulas: true)));

        foreach (var (line, row) in lines.Zip(plain))
        {
            Assert.Equal(row["active_project_count"], line["active_project_count"]);
            Assert.Equal(Without(row["username"]), Without(line["username"]));
        }

        Assert.Equal("-1", lines[0]["active_project_count"]);
        Assert.Equal("'=1+1", lines[6]["username"]);
    }

    [Fact]
    public async Task Csv_WithAMark_BeginsWithItOnce()
    {
        var plain = await AwkwardRows.ExportAsync(ExportFormat.Csv);
        var marked = await AwkwardRows.ExportAsync(ExportFormat.Csv, csv: new(false, ByteOrderMark: true));

        Assert.Equal([0xEF, 0xBB, 0xBF, .. plain], marked);
    }

    [Fact]
    public async Task Csv_NullAndEmptyText_Differ()
    {
        var text = Encoding.UTF8.GetString(
            await AwkwardRows.ExportAsync(ExportFormat.Csv, ExportColumns.Of("user_uid,username"))
        );

        Assert.StartsWith(
            "user_uid,username\r\nu1,plain\r\n,\"\"\r\nu3,\"quote \"\" in it\"\r\n",
            text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Csv_KeysOfFreeFormJson_AreColumnsOfTheirOwn()
    {
        var columns = ExportColumns.Of(AwkwardRows.Keys);
        var plain = Read(await AwkwardRows.ExportAsync(ExportFormat.Csv, columns));
        var safe = Read(await AwkwardRows.ExportAsync(ExportFormat.Csv, columns, new(ProtectFormulas: true)));

        Assert.Equal(AwkwardRows.KeyHeaders, plain[0].Keys);
        Assert.Equal(AwkwardRows.KeyValues.Select(value => value ?? ""), plain[0].Values);
        Assert.All(plain[1].Skip(1), value => Assert.Equal("", value.Value));
        Assert.Equal("'=1+1", safe[0][AwkwardRows.KeyHeaders[1]]);
    }

    [Theory]
    [InlineData("extra_details__data__")]
    [InlineData("extra_details__data__\"a")]
    [InlineData("extra_details__data__a[]__c")]
    [InlineData("username__\"a\"")]
    public void Columns_PathThatIsNoKey_IsRefused(string path) =>
        Assert.Throws<ExportRefusedException>(() => ExportColumns.Of(path));

    [Fact]
    public void Key_AmongSomeThatAreNoText_IsFound()
    {
        var json = """{"\ud83d": 1, "b": "\udc00", "c": "x"}"""u8;
        var cells = new Cell[DocumentNode.Leaves.Count];
        Array.Fill(cells, new(0, json.Length));
        var (b, c) = (ExportColumn.OfKey("extra_details__data__b")!, ExportColumn.OfKey("extra_details__data__c")!);

        Assert.Equal(FieldKind.Json, b.KindOf(b.Find(json, cells).Of(json)));
        Assert.Equal("\"x\"", Encoding.UTF8.GetString(c.Find(json, cells).Of(json)));
        byte[] row = [.. "{\"extra_details\":{\"data\":"u8, .. json, .. "}}"u8];
        Assert.Equal(
            """{"extra_details":{"data":{"c":"x"}}}""",
            Encoding.UTF8.GetString(FieldProjection.Read("extra_details__data__c", [])!.Apply(row).Span)
        );
    }

    [Fact]
    public void Columns_NoSuchField_NamesTheNearest()
    {
        var refused = Assert.Throws<ExportRefusedException>(() => ExportColumns.Of("username,orgnization"));

        Assert.Equal("There is no column 'orgnization'. Did you mean organization?", refused.Message);
    }

    private static string Without(string text) => text.Replace("'", "", StringComparison.Ordinal);

    private static List<Dictionary<string, string>> Read(byte[] file)
    {
        using var reader = CsvReader.Create(file, new() { Separator = ',', TrimWhitespace = false });
        List<Dictionary<string, string>> lines = [];
        while (reader.Read())
        {
            lines.Add(
                reader
                    .Headers.Index()
                    .ToDictionary(
                        header => header.Item,
                        header => reader.IsNull(header.Index) ? "" : reader.GetString(header.Index)
                    )
            );
        }

        return lines;
    }

    private static string Expected(JsonNode? value) =>
        value switch
        {
            null => "",
            JsonValue text when text.GetValueKind() == System.Text.Json.JsonValueKind.String => text.GetValue<string>(),
            _ => Raw(value),
        };

    /// <summary>Nested values stand in the file exactly as in the list, so their text is taken from there.</summary>
    private static string Raw(JsonNode value) => value is JsonValue ? value.ToJsonString() : RawText.Of(value);
}
