using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using UserReports.Core.Reports;

namespace UserReports.Server.Export;

/// <summary>
/// Comma-separated values by RFC 4180, in UTF-8: null is nothing, an empty text is <c>""</c>, a list or free-form value
/// is its JSON. The bytes go from the stored report to the output without becoming objects on the way.
/// </summary>
internal sealed class CsvExport(PipeWriter output, ExportColumns columns, bool protectFormulas) : IExportWriter
{
    private static readonly SearchValues<byte> NeedQuotes = SearchValues.Create("\",\r\n"u8);

    private readonly int[] leaves = [.. columns.Leaves];
    private readonly FieldKind[] kinds = [.. columns.Fields.Select(field => field.Kind)];
    private readonly Cell[] cells = new Cell[DocumentNode.Leaves.Count];
    private readonly RowOutput rows = new(output);
    private byte[] scratch = new byte[1024];

    public async ValueTask BeginAsync(CancellationToken cancellationToken) =>
        await output.WriteAsync(Encoding.UTF8.GetBytes(string.Join(',', columns.Names) + "\r\n"), cancellationToken);

    public async ValueTask WriteAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> documents,
        CancellationToken cancellationToken
    )
    {
        for (var i = 0; i < documents.Count; i++)
        {
            var document = documents[i];
            // At worst every byte is a quote that is doubled, and every cell has quotes, an apostrophe and a comma
            // around it.
            var room = await rows.RoomAsync((2 * document.Length) + (4 * leaves.Length) + 2, cancellationToken);
            rows.Advance(Write(document.Span, room.Span));
        }
    }

    public ValueTask EndAsync(CancellationToken cancellationToken) => rows.FlushAsync(cancellationToken);

    private int Write(ReadOnlySpan<byte> document, Span<byte> row)
    {
        new DocumentCursor(document).ReadMembers(DocumentNode.Report, cells);
        var length = 0;
        for (var i = 0; i < leaves.Length; i++)
        {
            if (i > 0)
                row[length++] = (byte)',';
            var cell = cells[leaves[i]];
            if (!cell.IsNull)
                length += WriteValue(cell.Of(document), kinds[i], row[length..]);
        }

        row[length++] = (byte)'\r';
        row[length++] = (byte)'\n';
        return length;
    }

    private int WriteValue(ReadOnlySpan<byte> json, FieldKind kind, Span<byte> row)
    {
        switch (kind)
        {
            case FieldKind.Text:
                var text = json[1..^1];
                return Quote(text.Contains((byte)'\\') ? Unescape(json) : text, row, protectFormulas);
            case FieldKind.Json or FieldKind.List:
                return Quote(json, row, formula: false);
            default:
                var plain = json[0] == '"' ? json[1..^1] : json;
                plain.CopyTo(row);
                return plain.Length;
        }
    }

    /// <summary>What a spreadsheet would run begins with one of <c>= + - @</c>, a tab or a carriage return.</summary>
    private static bool IsFormula(ReadOnlySpan<byte> text) =>
        text.Length > 0 && text[0] is (byte)'=' or (byte)'+' or (byte)'-' or (byte)'@' or (byte)'\t' or (byte)'\r';

    private static int Quote(ReadOnlySpan<byte> text, Span<byte> row, bool formula)
    {
        var isFormula = formula && IsFormula(text);
        if (text.Length > 0 && !text.ContainsAny(NeedQuotes))
        {
            if (isFormula)
                row[0] = (byte)'\'';
            text.CopyTo(row[(isFormula ? 1 : 0)..]);
            return text.Length + (isFormula ? 1 : 0);
        }

        var length = 0;
        row[length++] = (byte)'"';
        if (isFormula)
            row[length++] = (byte)'\'';
        for (int quote; (quote = text.IndexOf((byte)'"')) >= 0; text = text[(quote + 1)..])
        {
            text[..(quote + 1)].CopyTo(row[length..]);
            length += quote + 1;
            row[length++] = (byte)'"';
        }

        text.CopyTo(row[length..]);
        length += text.Length;
        row[length++] = (byte)'"';
        return length;
    }

    private ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> json)
    {
        if (scratch.Length < json.Length)
            scratch = new byte[json.Length * 2];
        var reader = new Utf8JsonReader(json);
        reader.Read();
        return scratch.AsSpan(0, reader.CopyString(scratch));
    }
}
