using System.Buffers;
using System.Text.Json;
using UserReports.Core.Reports;

namespace UserReports.Testing;

/// <summary>Reports as clients get them.</summary>
public static class ReportText
{
    /// <summary>The report as UTF-8.</summary>
    public static ReadOnlyMemory<byte> Of(Report report)
    {
        using var json = new ReportJson();
        return Expand(json.Write(report));
    }

    /// <summary>What was written with codes, without them.</summary>
    /// <exception cref="JsonException">It has codes that nobody wrote.</exception>
    public static ReadOnlyMemory<byte> Expand(ReadOnlySpan<byte> written)
    {
        var output = new ArrayBufferWriter<byte>();
        return ReportJson.TryExpand(written, output)
            ? output.WrittenMemory
            : throw new JsonException("There are codes without a phrase.");
    }
}
