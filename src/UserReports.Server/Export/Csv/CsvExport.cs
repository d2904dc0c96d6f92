using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using UserReports.Core.Reports;

namespace UserReports.Server.Export.Csv;

/// <summary>
/// Comma-separated values by RFC 4180, in UTF-8: null is nothing, an empty text is <c>""</c>, a list or free-form value
/// is its JSON. The bytes go from the stored report to the output without becoming objects on the way.
/// </summary>
internal sealed class CsvExport(PipeWriter output, ExportColumns columns, CsvStyle style) : IExportWriter
{
    /// <summary>Without it a spreadsheet takes the file for one of its country's old encoding.</summary>
    private const string ByteOrderMark = "\uFEFF";

    private static readonly SearchValues<byte> NeedQuotes = SearchValues.Create("\",\r\n"u8);

    private readonly ExportColumn[] columns = [.. columns.Columns];
    private readonly Cell[] cells = new Cell[DocumentNode.Leaves.Count];
    private readonly Cell[] values = new Cell[columns.Columns.Count];
    private readonly RowOutput rows = new(output);
    private byte[] scratch = new byte[1024];

    /// <summary>How much longer a row may become: a quote stands there twice, a sign of JSON as an escape.</summary>
    private readonly int growth = style.ProtectFormulas ? 4 : 2;

    public async ValueTask BeginAsync(CancellationToken cancellationToken)
    {
        var header = string.Join(',', columns.Select(Header)) + "\r\n";
        await output.WriteAsync(
            Encoding.UTF8.GetBytes(style.ByteOrderMark ? ByteOrderMark + header : header),
            cancellationToken
        );
    }

    public async ValueTask WriteAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> documents,
        CancellationToken cancellationToken
    )
    {
        for (var i = 0; i < documents.Count; i++)
        {
            var document = documents[i];
            // Every cell has quotes, an apostrophe and a comma around it.
            var length = Read(document.Span);
            var room = await rows.RoomAsync((growth * length) + (4 * values.Length) + 2, cancellationToken);
            rows.Advance(Write(document.Span, room.Span));
        }
    }

    public ValueTask EndAsync(CancellationToken cancellationToken) => rows.FlushAsync(cancellationToken);

    /// <summary>A key may hold whatever a text may.</summary>
    private string Header(ExportColumn column)
    {
        var name = Encoding.UTF8.GetBytes(column.Name);
        Span<byte> header = new byte[(growth * name.Length) + 4];
        return Encoding.UTF8.GetString(header[..Quote(name, header, isJson: false)]);
    }

    /// <summary>Finds a row's values.</summary>
    /// <returns>Their length in all, which may be more than the document's: a key stands in its object, too.</returns>
    private int Read(ReadOnlySpan<byte> document)
    {
        new DocumentCursor(document).ReadMembers(DocumentNode.Report, cells);
        var length = 0;
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = columns[i].Find(document, cells);
            length += values[i].Length;
        }

        return length;
    }

    private int Write(ReadOnlySpan<byte> document, Span<byte> row)
    {
        var length = 0;
        for (var i = 0; i < values.Length; i++)
        {
            if (i > 0)
                row[length++] = (byte)',';
            if (values[i].IsNull)
                continue;
            var json = values[i].Of(document);
            length += WriteValue(json, columns[i].KindOf(json), row[length..]);
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
                return Quote(text.Contains((byte)'\\') ? Unescape(json) : text, row, isJson: false);
            case FieldKind.Json or FieldKind.List:
                return Quote(json, row, isJson: true);
            default:
                var plain = json[0] == '"' ? json[1..^1] : json;
                plain.CopyTo(row);
                return plain.Length;
        }
    }

    private int Quote(ReadOnlySpan<byte> text, Span<byte> row, bool isJson)
    {
        if (text.Length > 0 && !text.ContainsAny(NeedQuotes))
            return Write(text, row, isJson);
        row[0] = (byte)'"';
        var length = 1 + Write(text, row[1..], isJson);
        row[length++] = (byte)'"';
        return length;
    }

    private int Write(ReadOnlySpan<byte> text, Span<byte> row, bool isJson)
    {
        if (!style.ProtectFormulas)
            return CopyDoubled(text, row);
        var length = 0;
        if (!isJson && CsvFormula.IsIndented(text))
            row[length++] = (byte)'\'';
        var done = 0;
        for (int at; (at = CsvFormula.Next(text, done, isJson, out var sign)) >= 0; done = at + sign)
        {
            length += CopyDoubled(text[done..at], row[length..]);
            if (isJson)
            {
                length += CsvFormula.WriteEscape(text.Slice(at, sign), row[length..]);
                continue;
            }

            row[length++] = (byte)'\'';
            text.Slice(at, sign).CopyTo(row[length..]);
            length += sign;
        }

        return length + CopyDoubled(text[done..], row[length..]);
    }

    private static int CopyDoubled(ReadOnlySpan<byte> text, Span<byte> row)
    {
        var length = 0;
        for (int quote; (quote = text.IndexOf((byte)'"')) >= 0; text = text[(quote + 1)..])
        {
            text[..(quote + 1)].CopyTo(row[length..]);
            length += quote + 1;
            row[length++] = (byte)'"';
        }

        text.CopyTo(row[length..]);
        return length + text.Length;
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
