using System.Text.Json;

namespace UserReports.EndToEnd.Tests;

/// <summary>Which row a document is, told from the document alone.</summary>
internal readonly record struct RowKey(string Username, string? OrganizationId)
{
    public static RowKey Of(JsonElement document)
    {
        var organization = document.GetProperty("organization");
        return new(
            document.GetProperty("username").GetString()!,
            organization.ValueKind == JsonValueKind.Null ? null : organization.GetProperty("uid").GetString()
        );
    }
}
