using System.Globalization;
using UserReports.Server.Audit;
using UserReports.Server.Concealment;
using UserReports.Store;

namespace UserReports.Server.Explorer.Reading;

/// <summary>Records what a reader of the explorer looked at or did, from where he is connected.</summary>
internal sealed class ReaderRecords(AuditLog audit, Reader reader, TimeProvider time)
{
    /// <summary>Behind (or before) which row a page begins, where it is not the first.</summary>
    public static string? PlaceOf(PageKey? key) =>
        key is null
            ? null
            : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(key.Backward ? "before" : "after")} account {key.UserId} {key.OrganizationId}"
                )
                .TrimEnd();

    /// <summary>Adds one record.</summary>
    /// <param name="within">Summaries of the same act.</param>
    /// <param name="happened">One of <see cref="AuditEvents"/>, where it is no read.</param>
    /// <param name="reveal">Under which names were shown; null for none.</param>
    public void Add(
        (long Id, string Name) who,
        string route,
        string? path,
        string? q,
        long rows,
        IReadOnlyList<AskedSummary>? within = null,
        string? happened = null,
        Reveal? reveal = null,
        params ReadOnlySpan<(string Name, string? Value)> asked
    )
    {
        SortedDictionary<string, string> parameters = new(StringComparer.Ordinal);
        foreach (var (name, value) in asked)
        {
            if (!string.IsNullOrEmpty(value))
                parameters[name] = value;
        }

        audit.Write(
            new(
                time.GetUtcNow(),
                who.Id,
                who.Name,
                reader.Address,
                route,
                path,
                string.IsNullOrEmpty(q) ? null : q,
                null,
                rows,
                200
            )
            {
                Within = within is { Count: > 0 } ? [.. within.Select(summary => summary.Words(q ?? ""))] : null,
                Event = happened,
                Reveal = reveal?.Id,
                Asked = parameters.Count == 0 ? null : parameters,
            }
        );
    }
}
