using Parquet;
using Parquet.Schema;
using ReportFieldKind = UserReports.Core.Reports.FieldKind;

namespace UserReports.Server.Export.Parquet;

/// <summary>Parquet with a typed column per value and real nested lists; free-form JSON is text.</summary>
internal sealed class ParquetExport : IExportWriter
{
    /// <summary>Rows that are held until they are written as one group; bounds the memory of an export.</summary>
    private const int GroupRows = 5_000;

    private readonly Stream output;
    private readonly ParquetSchema schema;
    private readonly (ExportColumn From, ParquetColumn? Column, ParquetList? List)[] parts;
    private readonly List<ParquetColumn> columns = [];
    private readonly Cell[] cells = new Cell[DocumentNode.Leaves.Count];
    private ParquetWriter? writer;
    private int rows;

    public ParquetExport(Stream output, ExportColumns selection)
    {
        this.output = output;
        schema = new(
            selection.Columns.Select(column =>
                column.Field.Kind == ReportFieldKind.List
                    ? ParquetList.Declare(column.Name, column.Field)
                    : ParquetColumn.Declare(column.Name, column.Field.Kind, column.IsKey || column.Field.IsNullable)
            )
        );
        var dataFields = schema.GetDataFields();
        var next = 0;
        parts = new (ExportColumn, ParquetColumn?, ParquetList?)[selection.Columns.Count];
        foreach (var (i, from) in selection.Columns.Index())
        {
            if (from.Field.Kind == ReportFieldKind.List)
            {
                var list = new ParquetList(from.Field, dataFields, ref next);
                columns.AddRange(list.Columns);
                parts[i] = (from, null, list);
            }
            else
            {
                var column = ParquetColumn.For(dataFields[next++], from);
                columns.Add(column);
                parts[i] = (from, column, null);
            }
        }
    }

    public async ValueTask BeginAsync(CancellationToken cancellationToken) =>
        writer = await ParquetWriter.CreateAsync(
            schema,
            output,
            new() { CompressionMethod = CompressionMethod.Snappy },
            false,
            cancellationToken
        );

    public async ValueTask WriteAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> documents,
        CancellationToken cancellationToken
    )
    {
        foreach (var document in documents)
            Add(document.Span);
        rows += documents.Count;
        if (rows >= GroupRows)
            await WriteGroupAsync(cancellationToken);
    }

    public async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        if (rows > 0)
            await WriteGroupAsync(cancellationToken);
        await writer!.DisposeAsync();
        await output.FlushAsync(cancellationToken);
    }

    private void Add(ReadOnlySpan<byte> document)
    {
        new DocumentCursor(document).ReadMembers(DocumentNode.Report, cells);
        foreach (var (from, column, list) in parts)
        {
            var cell = from.Find(document, cells);
            if (list is not null)
                list.Add(document, cell);
            else if (cell.IsNull)
                column!.AddMissing(0, 0);
            else
                column!.Add(cell.Of(document), 0);
        }
    }

    private async Task WriteGroupAsync(CancellationToken cancellationToken)
    {
        using var group = writer!.CreateRowGroup();
        foreach (var column in columns)
        {
            await column.WriteAsync(group, cancellationToken);
            column.Clear();
        }

        group.CompleteValidate();
        await output.FlushAsync(cancellationToken);
        rows = 0;
    }
}
