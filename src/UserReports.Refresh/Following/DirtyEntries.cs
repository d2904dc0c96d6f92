using System.Globalization;
using UserReports.Feed.Ledger;
using UserReports.Sources;

namespace UserReports.Refresh.Following;

/// <summary>From what is dirty to the accounts whose rows that concerns.</summary>
internal static class DirtyEntries
{
    /// <summary>The accounts, everybody among them who belongs to an organisation that changed.</summary>
    /// <exception cref="SourceException">The sources cannot be read.</exception>
    public static async Task<IReadOnlySet<long>> AccountsOfAsync(
        IReportSource source,
        IReadOnlyList<DirtyEntry> entries,
        CancellationToken cancellationToken
    )
    {
        SortedSet<long> accounts = [];
        List<long> owners = [];
        List<string> organizations = [];
        foreach (var entry in entries)
        {
            if (entry.Kind == DirtyKind.Organization)
            {
                organizations.Add(entry.Name);
                continue;
            }

            var id = long.Parse(entry.Name, CultureInfo.InvariantCulture);
            accounts.Add(id);
            if (entry.Kind == DirtyKind.Owner)
                owners.Add(id);
        }

        if (owners.Count + organizations.Count > 0)
            accounts.UnionWith(await source.MembersAsync(owners, organizations, cancellationToken));
        return accounts;
    }
}
