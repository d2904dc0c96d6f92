using System.Buffers;
using System.Text;
using System.Text.Json;
using UserReports.Core.Query;
using UserReports.Server.Requests;

namespace UserReports.Server.Api.Lists;

/// <summary>Rendered rows put together into one answer, without being parsed unless fields were chosen.</summary>
/// <param name="Head">What stands before the rows: <c>[</c>, or the beginning of an object up to its list.</param>
/// <param name="Tail">What stands behind them.</param>
internal sealed record DocumentsResult(
    string Head,
    IReadOnlyList<ReadOnlyMemory<byte>> Documents,
    string Tail,
    FieldProjection? Projection
) : IResult
{
    private const int FlushBytes = 64 * 1024;

    /// <summary>A page of a list.</summary>
    public static DocumentsResult Page(
        long? count,
        string? next,
        string? previous,
        IReadOnlyList<ReadOnlyMemory<byte>> documents,
        IReadOnlyList<QueryWarning> warnings,
        FieldProjection? projection
    )
    {
        var head = new StringBuilder("{");
        if (count is { } rows)
            head.Append(System.Globalization.CultureInfo.InvariantCulture, $"\"count\":{rows},");
        head.Append("\"next\":")
            .Append(Text(next))
            .Append(",\"previous\":")
            .Append(Text(previous))
            .Append(",\"results\":[");
        // Only where there are some: most clients know an answer by its four members.
        var tail = warnings.Count == 0 ? "]}" : $"],\"warnings\":{QueryWarnings.Json(warnings)}}}";
        return new(head.ToString(), documents, tail, projection);
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = "application/json; charset=utf-8";
        var writer = httpContext.Response.BodyWriter;
        writer.Write(Encoding.UTF8.GetBytes(Head));
        for (var i = 0; i < Documents.Count; i++)
        {
            if (i > 0)
                writer.Write(","u8);
            if (Projection is null)
                writer.Write(Documents[i].Span);
            else
                Projection.Write(Documents[i].Span, writer);
            if (writer.CanGetUnflushedBytes && writer.UnflushedBytes > FlushBytes)
                await writer.FlushAsync(httpContext.RequestAborted);
        }

        writer.Write(Encoding.UTF8.GetBytes(Tail));
        await writer.FlushAsync(httpContext.RequestAborted);
    }

    private static string Text(string? value) => value is null ? "null" : $"\"{JsonEncodedText.Encode(value)}\"";
}
