using System.Text.Json;
using UserReports.Core.Reports;
using UserReports.Server.Explorer.Accounts;

namespace UserReports.Server.Explorer.Looking;

/// <summary>One row of the table: a document, read by path. It keeps no more than the chosen columns need.</summary>
public sealed class ReportRow
{
    private ReportRow(string? uid, string username, bool isRestricted, IReadOnlyList<CellValue> cells) =>
        (Uid, Username, IsRestricted, Cells) = (uid, username, isRestricted, cells);

    /// <summary>The account's public identifier, or null if it has none.</summary>
    public string? Uid { get; }

    /// <summary>The account's name.</summary>
    public string Username { get; }

    /// <summary>Some balance is exceeded.</summary>
    public bool IsRestricted { get; }

    /// <summary>One per column, in their order.</summary>
    public IReadOnlyList<CellValue> Cells { get; }

    /// <summary>The address of the account's own page.</summary>
    public string Address => AccountAddress.Of(Uid, Username);

    /// <summary>Reads a document.</summary>
    public static ReportRow Read(ReadOnlyMemory<byte> document, IReadOnlyList<TableColumn> columns)
    {
        using var json = JsonDocument.Parse(document);
        var root = json.RootElement;
        return new(
            root.GetProperty("user_uid").GetString(),
            root.GetProperty("username").GetString()!,
            root.GetProperty("account_restricted").GetBoolean(),
            [.. columns.Select(column => CellValue.Read(root, column))]
        );
    }

    /// <summary>The values at a field of the catalogue: one, or every element's if lists are on the way.</summary>
    internal static IEnumerable<JsonElement> At(JsonElement root, Field field)
    {
        var owners = field.Parent is null ? [root] : At(root, field.Parent);
        foreach (var owner in owners)
        {
            if (owner.ValueKind != JsonValueKind.Object || !owner.TryGetProperty(field.Name, out var value))
                continue;
            if (field.Kind != FieldKind.List)
            {
                yield return value;
                continue;
            }

            foreach (var element in value.EnumerateArray())
                yield return element;
        }
    }
}
