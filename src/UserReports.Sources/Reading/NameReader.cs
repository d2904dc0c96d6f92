using UserReports.Sources.Connections;
using UserReports.Sources.Load;
using UserReports.Sources.Schema;

namespace UserReports.Sources.Reading;

/// <summary>Finds accounts and organisations by what people call them.</summary>
internal sealed class NameReader(SourceDatabase platform, SourceCatalogue catalogue)
{
    private const string Members = "organizations_organizationuser";
    private const string Owners = "organizations_organizationowner";
    private const string Organizations = "organizations_organization";

    /// <summary>So many names of a statement are answered in some ten milliseconds.</summary>
    private const int NamesAtOnce = 5_000;

    private readonly SourceColumns columns = new(catalogue);

    /// <summary>The accounts with these usernames and the organisations with these identifiers.</summary>
    public Task<KnownNames> FindAsync(
        IReadOnlyCollection<string> usernames,
        IReadOnlyCollection<string> organizationIds,
        CancellationToken cancellationToken
    ) =>
        platform.ReadForRunAsync(
            SourceWork.Inspection,
            async session =>
            {
                Dictionary<string, long> accounts = new(usernames.Count, StringComparer.Ordinal);
                HashSet<string> organizations = new(organizationIds.Count, StringComparer.Ordinal);
                foreach (var names in usernames.Chunk(NamesAtOnce))
                    await session.ReadAsync(
                        "select u.username, u.id from auth_user u where u.username = any($1)",
                        row => accounts[row.Text(0)] = row.Integer(1),
                        cancellationToken,
                        session.List(names)
                    );
                var id = columns.Key(Organizations, "o", "id");
                foreach (var ids in organizationIds.Chunk(NamesAtOnce))
                    await session.ReadAsync(
                        $"select {id} from {Organizations} o where {id} = any($1)",
                        row => organizations.Add(row.Text(0)),
                        cancellationToken,
                        session.List(ids)
                    );
                return new KnownNames(accounts, organizations);
            },
            cancellationToken
        );

    /// <summary>Everybody who belongs to one of these organisations, or to one that these accounts own.</summary>
    public Task<IReadOnlyList<long>> MembersAsync(
        IReadOnlyCollection<long> ownerIds,
        IReadOnlyCollection<string> organizationIds,
        CancellationToken cancellationToken
    ) =>
        platform.ReadForRunAsync<IReadOnlyList<long>>(
            SourceWork.Accounts,
            async session =>
            {
                HashSet<string> organizations = new(organizationIds, StringComparer.Ordinal);
                foreach (var owners in ownerIds.Chunk(NamesAtOnce))
                    await session.ReadAsync(
                        $"""
                        select {columns.Key(Members, "m", "organization_id")} from {Members} m join {Owners} o
                            on {columns.Same((Owners, "o", "organization_user_id"), (Members, "m", "id"))}
                        where m.user_id = any($1)
                        """,
                        row => organizations.Add(row.Text(0)),
                        cancellationToken,
                        session.List(owners.Select(owner => (int)owner))
                    );
                HashSet<long> members = [];
                var organization = columns.Key(Members, "m", "organization_id");
                foreach (var some in organizations.Chunk(NamesAtOnce))
                    await session.ReadAsync(
                        $"select m.user_id from {Members} m where {organization} = any($1)",
                        row => members.Add(row.Integer(0)),
                        cancellationToken,
                        session.List(some)
                    );
                return [.. members.Order()];
            },
            cancellationToken
        );

    /// <summary>Usernames that begin as this one does: what somebody may have meant.</summary>
    /// <param name="max">At most so many.</param>
    public Task<IReadOnlyList<string>> UsernamesNearAsync(
        string username,
        int max,
        CancellationToken cancellationToken
    ) =>
        platform.ReadForRunAsync<IReadOnlyList<string>>(
            SourceWork.Inspection,
            async session =>
            {
                List<string> found = [];
                // Names from the first characters on, and from there as many as are asked for: a stretch of the index.
                await session.ReadAsync(
                    """
                    select u.username from auth_user u where u.username >= $1 order by u.username limit $2
                    """,
                    row => found.Add(row.Text(0)),
                    cancellationToken,
                    username[..Math.Min(2, username.Length)],
                    (long)max
                );
                return found;
            },
            cancellationToken
        );
}
