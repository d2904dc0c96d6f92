using System.Text.Json;
using UserReports.Core.Figures;
using UserReports.Core.Query;
using UserReports.Server.Requests;
using UserReports.Store;

namespace UserReports.Server.Api.Lists;

/// <summary>The JSON of a summary.</summary>
internal sealed record SummaryResultJson(SummaryQuery Query, ReportSummary Summary) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = "application/json; charset=utf-8";
        await using (var writer = new Utf8JsonWriter(httpContext.Response.BodyWriter))
        {
            writer.WriteStartObject();
            WriteNames(writer, "group_by", Query.Groups.Select(group => group.ToString()));
            WriteNames(writer, "metrics", Query.Measures.Select(measure => measure.ToString()));
            writer.WritePropertyName("total");
            WriteRow(writer, Summary.Total, withGroups: false);
            writer.WriteStartArray("groups");
            foreach (var row in Summary.Groups)
                WriteRow(writer, row, withGroups: true);
            writer.WriteEndArray();
            if (Query.Warnings.Count > 0)
            {
                writer.WritePropertyName("warnings");
                writer.WriteRawValue(QueryWarnings.Json(Query.Warnings));
            }

            writer.WriteEndObject();
        }

        await httpContext.Response.BodyWriter.FlushAsync(httpContext.RequestAborted);
    }

    private static void WriteNames(Utf8JsonWriter writer, string name, IEnumerable<string> names)
    {
        writer.WriteStartArray(name);
        foreach (var one in names)
            writer.WriteStringValue(one);
        writer.WriteEndArray();
    }

    private void WriteRow(Utf8JsonWriter writer, SummaryRow row, bool withGroups)
    {
        writer.WriteStartObject();
        if (withGroups)
        {
            writer.WriteBoolean("is_others", row.IsOthers);
            writer.WriteStartArray("group");
            foreach (var group in row.Groups)
                WriteValue(writer, group);
            writer.WriteEndArray();
        }

        writer.WriteStartObject("values");
        foreach (var (measure, value) in Query.Measures.Zip(row.Values))
        {
            writer.WritePropertyName(measure.ToString());
            WriteValue(writer, value);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case long number:
                writer.WriteNumberValue(number);
                break;
            case Int128 sum:
                writer.WriteNumberValue(Saturating.Of(sum));
                break;
            case double number:
                writer.WriteNumberValue(number);
                break;
            case DateTimeOffset instant:
                writer.WriteStringValue(
                    instant.UtcDateTime.ToString(
                        "yyyy-MM-ddTHH:mm:ssZ",
                        System.Globalization.CultureInfo.InvariantCulture
                    )
                );
                break;
            default:
                throw new InvalidOperationException(
                    $"A summary has a value of type {value.GetType()}, which has no JSON here."
                );
        }
    }
}
