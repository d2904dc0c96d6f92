using System.Text.Json;

namespace UserReports.Server.Api.History;

/// <summary>Whose row a document is: the account, and the organisation.</summary>
internal static class RowIdentity
{
    /// <summary>Writes it into an object.</summary>
    public static void Write(Utf8JsonWriter writer, JsonElement document)
    {
        writer.WriteString("username", document.GetProperty("username").GetString());
        writer.WriteString("user_uid", document.GetProperty("user_uid").GetString());
        if (OrganizationOf(document) is not { } organization)
        {
            writer.WriteNull("organization");
            return;
        }

        writer.WriteStartObject("organization");
        writer.WriteString("name", organization.GetProperty("name").GetString());
        writer.WriteString("uid", organization.GetProperty("uid").GetString());
        writer.WriteEndObject();
    }

    /// <summary>The organisation's identifier; null for a row without one.</summary>
    public static string? OrganizationUidOf(JsonElement document) =>
        OrganizationOf(document)?.GetProperty("uid").GetString();

    /// <summary>The organisation's name; null for a row without one.</summary>
    public static string? OrganizationNameOf(JsonElement document) =>
        OrganizationOf(document)?.GetProperty("name").GetString();

    private static JsonElement? OrganizationOf(JsonElement document) =>
        document.GetProperty("organization") is { ValueKind: JsonValueKind.Object } organization ? organization : null;
}
