using System.Text.Json;
using UserReports.Core.Reports;
using UserReports.Server.Explorer.Account;

namespace UserReports.Server.Explorer.Table;

/// <summary>One row of the table: a document, read by path. It keeps no more than the chosen columns need.</summary>
public sealed class ReportRow
{
    private ReportRow(
        string? uid,
        string username,
        string? organization,
        bool isRestricted,
        IReadOnlyList<CellValue> cells,
        bool conceals
    )
    {
        (Uid, Username, IsRestricted, Cells) = (uid, username, isRestricted, cells);
        Name = (uid ?? username, organization);
        Address = conceals && string.IsNullOrEmpty(uid) ? null : AccountAddress.Of(uid, username);
    }

    /// <summary>What tells the row from others of a page: the account and the organisation.</summary>
    public (string Account, string? Organization) Name { get; }

    /// <summary>Whether the row has changed since the page was asked for.</summary>
    public bool IsChanged { get; private init; }

    /// <summary>Whether the row is no more.</summary>
    public bool IsGone { get; private init; }

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
            OrganizationOf(root),
            root.GetProperty("account_restricted").GetBoolean(),
            [.. columns.Select(column => CellValue.Read(root, column))],
            conceals
        );
    }

    /// <summary>Whether both rows show the same.</summary>
    public bool HasCellsOf(ReportRow other) =>
        IsRestricted == other.IsRestricted && Username == other.Username && Cells.SequenceEqual(other.Cells);

    /// <summary>The same row, marked as changed.</summary>
    public ReportRow AsChanged() => With(isGone: false);

    /// <summary>The same row, marked as being no more.</summary>
    public ReportRow AsGone() => With(isGone: true);

    private ReportRow With(bool isGone) =>
        new(Uid, Username, Name.Organization, IsRestricted, Cells, conceals: Address is null)
        {
            IsChanged = true,
            IsGone = isGone,
        };

    private static string? OrganizationOf(JsonElement root) =>
        root.TryGetProperty("organization", out var organization)
        && organization.ValueKind == JsonValueKind.Object
        && organization.TryGetProperty("uid", out var uid)
            ? uid.GetString()
            : null;

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
