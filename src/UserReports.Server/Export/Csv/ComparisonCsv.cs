using System.Text;
using System.Text.Json;

namespace UserReports.Server.Export.Csv;

/// <summary>Rows of a comparison as separated values: whose row, what became of it, and two columns for each compared
/// field.</summary>
internal sealed class ComparisonCsv(IReadOnlyList<string> paths, CsvStyle style)
{
    private static readonly string[] Identity =
    [
        "change",
        "existed",
        "exists",
        "username",
        "user_uid",
        "organization",
        "organization_uid",
    ];

    /// <summary>The first line.</summary>
    public string Header =>
        CsvLine.Of(Identity.Concat(paths.SelectMany(path => (string[])[$"{path} was", $"{path} is"])).Select(Quoted));

    /// <summary>A row's line.</summary>
    /// <param name="json">The row as it is answered.</param>
    public string Row(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var row = document.RootElement;
        var organization = row.GetProperty("organization");
        var cells = Identity.Take(5).Select(name => Cell(row.GetProperty(name)));
        cells =
            organization.ValueKind == JsonValueKind.Null
                ? cells.Append("").Append("")
                : cells.Append(Cell(organization.GetProperty("name"))).Append(Cell(organization.GetProperty("uid")));
        return CsvLine.Of(
            cells.Concat(
                row.GetProperty("differences")
                    .EnumerateArray()
                    .SelectMany(field => (string[])[Cell(field.GetProperty("was")), Cell(field.GetProperty("is"))])
            )
        );
    }

    private string Cell(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Null => "",
            JsonValueKind.String => Quoted(value.GetString()!),
            JsonValueKind.Object or JsonValueKind.Array => CsvLine.InQuotes(
                Protected(value.GetRawText(), isJson: true)
            ),
            _ => value.GetRawText(),
        };

    private string Quoted(string text)
    {
        var safe = Protected(text, isJson: false);
        return text.Length == 0 ? CsvLine.InQuotes(safe) : CsvLine.Quoted(safe);
    }

    private string Protected(string text, bool isJson)
    {
        if (!style.ProtectFormulas)
            return text;
        ReadOnlySpan<byte> bytes = Encoding.UTF8.GetBytes(text);
        var safe = new StringBuilder(!isJson && CsvFormula.IsIndented(bytes) ? "'" : "");
        var done = 0;
        Span<byte> escape = stackalloc byte[6];
        for (int at; (at = CsvFormula.Next(bytes, done, isJson, out var sign)) >= 0; done = at + sign)
        {
            safe.Append(Encoding.UTF8.GetString(bytes[done..at]));
            var found = bytes.Slice(at, sign);
            if (isJson)
                safe.Append(Encoding.UTF8.GetString(escape[..CsvFormula.WriteEscape(found, escape)]));
            else
                safe.Append('\'').Append(Encoding.UTF8.GetString(found));
        }

        return safe.Append(Encoding.UTF8.GetString(bytes[done..])).ToString();
    }
}
