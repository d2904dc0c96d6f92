namespace UserReports.Server.Export.Csv;

/// <summary>What a file of separated values does for spreadsheets.</summary>
/// <param name="ProtectFormulas">Texts that a spreadsheet would run are kept from it.</param>
/// <param name="ByteOrderMark">The file says that it is UTF-8, which Excel asks for.</param>
public sealed record CsvStyle(bool ProtectFormulas, bool ByteOrderMark = false)
{
    /// <summary>The text as it is, for programs.</summary>
    public static readonly CsvStyle Plain = new(false);

    /// <summary>Why a byte order mark cannot be had, or null if it can.</summary>
    public static string? WhyNoMark(ExportFormat format) =>
        format == ExportFormat.Csv ? null : $"A byte order mark is for csv; {format.Name} has none.";
}
