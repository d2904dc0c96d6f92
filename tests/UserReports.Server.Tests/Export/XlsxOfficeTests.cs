using System.Diagnostics;
using CsvHelper;
using UserReports.Core.Reports;
using UserReports.Server.Export;

namespace UserReports.Server.Tests.Export;

/// <summary>A sheet as LibreOffice reads it.</summary>
[Trait("Category", "Slow")]
public sealed class XlsxOfficeTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("user-reports-office-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Xlsx_OfAwkwardRows_IsReadByLibreOfficeAsTheList()
    {
        var lines = await ReadAsync(await AwkwardRows.ExportAsync(ExportFormat.Xlsx));

        Assert.Equal(ExportColumns.All.Names, lines[0]);
        Assert.Equal(AwkwardRows.Rows.Count, lines.Count - 1);
        foreach (var (line, row) in lines.Skip(1).Zip(AwkwardRows.Rows))
        {
            foreach (var (column, text) in ExportColumns.All.Columns.Zip(line))
                Assert.Equal((column.Name, Expected(column.Field.Kind, row, column.Name)), (column.Name, Plain(text)));
        }
    }

    private static string Expected(FieldKind kind, System.Text.Json.Nodes.JsonObject row, string name) =>
        (kind, AwkwardRows.At(row, name)) switch
        {
            (_, null) => "",
            (FieldKind.Boolean, { } flag) => flag.GetValue<bool>() ? "TRUE" : "FALSE",
            (FieldKind.Instant, { } instant) when string.CompareOrdinal(instant.GetValue<string>(), "1900-03-01") > 0 =>
                instant.GetValue<string>().Replace('T', ' ')[..19],
            (FieldKind.Instant or FieldKind.Text, { } text) => Plain(text.GetValue<string>()),
            (FieldKind.Integer or FieldKind.Decimal, { } number) => number.ToJsonString(),
            (_, { } json) => Plain(RawText.Of(json)),
        };

    /// <summary>LibreOffice writes line breaks as one and leaves some control characters out; neither is the sheet's
    /// doing.</summary>
    private static string Plain(string text) =>
        string.Concat(
            text.ReplaceLineEndings("\n").Where(character => character == '\n' || !char.IsControl(character))
        );

    private async Task<List<string[]>> ReadAsync(byte[] file)
    {
        await File.WriteAllBytesAsync(
            Path.Combine(folder, "reports.xlsx"),
            file,
            TestContext.Current.CancellationToken
        );
        // Commas, quotes and UTF-8, with values as they are shown.
        var start = new ProcessStartInfo("soffice")
        {
            ArgumentList =
            {
                $"-env:UserInstallation=file://{folder}/profile",
                "--headless",
                "--convert-to",
                "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false",
                "--outdir",
                folder,
                Path.Combine(folder, "reports.xlsx"),
            },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var office = Process.Start(start)!;
        var output = office.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = office.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await office.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(File.Exists(Path.Combine(folder, "reports.csv")), await output + await error);

        using var reader = CsvReader.Create(
            await File.ReadAllBytesAsync(Path.Combine(folder, "reports.csv"), TestContext.Current.CancellationToken),
            new() { Separator = ',', TrimWhitespace = false }
        );
        List<string[]> lines =
        [
            [.. reader.Headers],
        ];
        while (reader.Read())
            lines.Add([.. reader.Headers.Select((_, i) => reader.IsNull(i) ? "" : reader.GetString(i))]);
        return lines;
    }
}
