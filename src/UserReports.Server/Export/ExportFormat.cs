namespace UserReports.Server.Export;

/// <summary>A file format that reports can be taken away in.</summary>
/// <param name="Name">As clients write it, and the file's extension.</param>
/// <param name="RowsMax">Rows that a file can hold, or null for any number.</param>
public sealed record ExportFormat(string Name, string MediaType, long? RowsMax = null)
{
    /// <summary>Comma-separated values.</summary>
    public static readonly ExportFormat Csv = new("csv", "text/csv; charset=utf-8; header=present");

    /// <summary>JSON, one row per line.</summary>
    public static readonly ExportFormat NdJson = new("ndjson", "application/x-ndjson");

    /// <summary>Columns with types and nested lists.</summary>
    public static readonly ExportFormat Parquet = new("parquet", "application/vnd.apache.parquet");

    /// <summary>A sheet for people; one of its 1 048 576 rows is the header.</summary>
    public static readonly ExportFormat Xlsx = new(
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        1_048_575
    );

    /// <summary>All formats.</summary>
    public static readonly IReadOnlyList<ExportFormat> All = [Csv, NdJson, Parquet, Xlsx];

    /// <summary>The formats' names, for messages.</summary>
    public static string Names => string.Join(", ", All.Select(format => format.Name));

    /// <summary>The format with this name, or null.</summary>
    public static ExportFormat? Find(string? name) =>
        All.FirstOrDefault(format => string.Equals(format.Name, name, StringComparison.OrdinalIgnoreCase));
}
