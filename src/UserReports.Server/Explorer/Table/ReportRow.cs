using System.Text.Json;
using UserReports.Core.Reports;
using UserReports.Server.Explorer.Account;

namespace UserReports.Server.Explorer.Table;

/// <summary>One row of the table: a document, read by path. It keeps no more than the chosen columns need.</summary>
public sealed class ReportRow
{
    private ReportRow(string? uid, string username, bool isRestricted, IReadOnlyList<CellValue> cells, bool conceals)
    {
        (Uid, Username, IsRestricted, Cells) = (uid, username, isRestricted, cells);
        Address = conceals && string.IsNullOrEmpty(uid) ? null : AccountAddress.Of(uid, username);
    }

    /// <summary>The account's public identifier, or null if it has none.</summary>
    public string? Uid { get; }

    /// <summary>The account's name.</summary>
    public string Username { get; }

    /// <summary>Some balance is exceeded.</summary>
    public bool IsRestricted { get; }

    /// <summary>One per column, in their order.</summary>
    public IReadOnlyList<CellValue> Cells { get; }

    /// <summary>The address of the account's own page; null for an account without an identifier whose name is
    /// concealed, for then nothing is left to call it by.</summary>
    public string? Address { get; }

    /// <summary>Reads a document.</summary>
    /// <param name="conceals">Whether the names in it are pseudonyms.</param>
    public static ReportRow Read(
        ReadOnlyMemory<byte> document,
        IReadOnlyList<TableColumn> columns,
        bool conceals = false
    )
    {
        using var json = JsonDocument.Parse(document);
        var root = json.RootElement;
        return new(
            root.GetProperty("user_uid").GetString(),
            root.GetProperty("username").GetString()!,
            root.GetProperty("account_restricted").GetBoolean(),
            [.. columns.Select(column => CellValue.Read(root, column))],
            conceals
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
