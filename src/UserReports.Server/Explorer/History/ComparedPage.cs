using System.Text.Json;
using UserReports.Core.Reports;
using UserReports.Server.Api.History;
using UserReports.Server.Explorer.Account;
using UserReports.Store;
using UserReports.Store.History;

namespace UserReports.Server.Explorer.History;

/// <summary>A page of what differs between two moments.</summary>
/// <param name="From">The earlier state.</param>
/// <param name="To">The later one.</param>
/// <param name="Next">The cursor of the page after, or null if this is the last.</param>
/// <param name="Conceals">Whether the names in it are pseudonyms.</param>
public sealed record ComparedPage(
    ComparisonCounts Counts,
    SnapshotInfo From,
    SnapshotInfo To,
    IReadOnlyList<ComparedColumn> Columns,
    IReadOnlyList<ComparedReport> Rows,
    string? Next,
    bool Conceals
);

/// <summary>A row that differs.</summary>
/// <param name="Username">As it is, or was last.</param>
/// <param name="Before">What the account was called at the earlier moment, where that was another name.</param>
/// <param name="Organization">Its name; null for a row without one.</param>
/// <param name="Existed">Whether the row was there at the earlier moment.</param>
/// <param name="Exists">Whether it is at the later one.</param>
/// <param name="Address">The account's own page; null where nothing is left to call it by.</param>
public sealed record ComparedReport(
    string Username,
    string? Before,
    string? Organization,
    bool Existed,
    bool Exists,
    string? Address,
    IReadOnlyList<ComparedCell> Cells
)
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = JsonText.DepthMax };

    /// <summary>Reads a row, whose documents are as the reader may see them.</summary>
    public static ComparedReport Read(ComparedRow row, IReadOnlyList<ComparedColumn> columns, bool conceals)
    {
        using var before = Parse(row.Was);
        using var after = Parse(row.Is);
        var (was, present) = (before?.RootElement, after?.RootElement);
        var last = (present ?? was)!.Value;
        var username = last.GetProperty("username").GetString()!;
        var uid = last.GetProperty("user_uid").GetString();
        var earlier = was?.GetProperty("username").GetString();
        return new(
            username,
            earlier == username ? null : earlier,
            RowIdentity.OrganizationNameOf(last),
            was is not null,
            present is not null,
            conceals && string.IsNullOrEmpty(uid) ? null : AccountAddress.Of(uid, username),
            [.. columns.Select(column => column.Read(was, present))]
        );
    }

    private static JsonDocument? Parse(ReadOnlyMemory<byte>? document) =>
        document is { } text ? JsonDocument.Parse(text, Options) : null;
}
