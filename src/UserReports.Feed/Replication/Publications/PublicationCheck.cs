using UserReports.Feed.Replication.Servers;
using UserReports.Sources.Schema;

namespace UserReports.Feed.Replication.Publications;

/// <summary>Whether the publications tell all that is needed of the tables that are there, and no more.</summary>
internal static class PublicationCheck
{
    /// <summary>What the publications lack; a clause for each. A feed that lacks something misses changes.</summary>
    public static IReadOnlyList<string> Lacks(
        IReadOnlyList<FollowedTable> tables,
        IReadOnlyList<PublishedTable> published,
        IReadOnlyList<string> publications
    ) =>
        published.Count == 0
            ? [$"there is no publication {string.Join(" or ", publications)} with a table in it"]
            : [.. tables.SelectMany(table => Lacks(table, published))];

    /// <summary>What makes the server refuse the platform's own updates; a clause for each.</summary>
    public static IReadOnlyList<string> Breaks(
        IReadOnlyList<FollowedTable> tables,
        IReadOnlyList<PublishedTable> published
    ) =>
        [
            .. from table in tables
            from p in published
            where p.Number == table.Number && (p.Updates || p.Deletes)
            let identity = table.Identity == 'f' ? table.Columns : table.Key
            where !table.HasIdentity || (p.Columns is { } columns && identity.Except(columns).Any())
            select $"{p.Publication} publishes {table.Name} without what identifies its rows",
        ];

    /// <summary>What is published and not needed; a clause for each.</summary>
    public static IReadOnlyList<string> Surplus(
        IReadOnlyList<FollowedTable> tables,
        IReadOnlyList<PublishedTable> published
    )
    {
        var byNumber = tables.ToDictionary(table => table.Number);
        List<string> surplus = [];
        foreach (var table in published)
        {
            if (!byNumber.TryGetValue(table.Number, out var followed))
            {
                surplus.Add($"{table.Publication} publishes {table.Name}, which is not needed and asks for runs");
                continue;
            }

            if (followed.Touch.Deletion == DeletedRow.Unpublished && table.Deletes)
                surplus.Add($"{table.Publication} publishes deletions of {table.Name}, which are not needed");
            if (
                followed.Touch.IsPrivate
                && table.Columns is { } columns
                && columns.Except(followed.Needed, StringComparer.Ordinal).ToList() is { Count: > 0 } more
            )
            {
                surplus.Add(
                    $"{table.Publication} publishes columns of {table.Name} that are not needed, {more[0]} among them"
                );
            }
        }

        return surplus;
    }

    private static IEnumerable<string> Lacks(FollowedTable table, IReadOnlyList<PublishedTable> published)
    {
        var of = published.Where(p => p.Number == table.Number).ToList();
        if (of.Count == 0)
        {
            yield return $"{table.Name} is not published";
            yield break;
        }

        if (!of.Any(p => p.Inserts) || !of.Any(p => p.Updates) || !of.Any(p => p.Truncates))
            yield return $"inserts, updates and truncations of {table.Name} are not all published";
        if (table.Touch.Deletion != DeletedRow.Unpublished && !of.Any(p => p.Deletes))
            yield return $"deletions of {table.Name} are not published";
        foreach (var p in of)
        {
            if (p.HasFilter)
                yield return $"{p.Publication} publishes only some rows of {table.Name}";
            if (
                p.Columns is { } columns
                && table.Needed.Except(columns, StringComparer.Ordinal).ToList() is [_, ..] missing
            )
                yield return $"{p.Publication} publishes {table.Name} without {string.Join(", ", missing)}";
        }
    }
}
