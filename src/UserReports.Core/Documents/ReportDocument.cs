using System.Text.Json;

namespace UserReports.Core.Documents;

/// <summary>What is read of a rendered report without taking all of it apart.</summary>
public static class ReportDocument
{
    /// <summary>The member that says when a report was computed.</summary>
    public const string LastUpdated = "last_updated";

    /// <summary>When a report was computed.</summary>
    /// <exception cref="JsonException">It is no rendered report.</exception>
    public static DateTimeOffset LastUpdatedOf(ReadOnlySpan<byte> document)
    {
        var json = new Utf8JsonReader(document);
        while (json.Read())
        {
            if (
                json.CurrentDepth == 1
                && json.TokenType == JsonTokenType.PropertyName
                && json.ValueTextEquals(LastUpdated)
                && json.Read()
                && json.TryGetDateTimeOffset(out var at)
            )
                return at;
        }

        throw new JsonException($"A report does not say when it was computed ({LastUpdated}).");
    }
}
