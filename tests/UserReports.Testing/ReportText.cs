using System.Buffers;
using System.Text.Json;
using UserReports.Core.Documents;
using UserReports.Core.Reports;

namespace UserReports.Testing;

/// <summary>Reports as clients get them.</summary>
public static class ReportText
{
    /// <summary>The report as UTF-8.</summary>
    /// <exception cref="JsonException">It has codes that nobody knows.</exception>
    public static ReadOnlyMemory<byte> Of(Report report)
    {
        using var json = new ReportJson();
        var output = new ArrayBufferWriter<byte>();
        return ReportJson.TryExpand(json.Write(report), output)
            ? output.WrittenMemory
            : throw new JsonException("There are codes without a phrase.");
    }
}
