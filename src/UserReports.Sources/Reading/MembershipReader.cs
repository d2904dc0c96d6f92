using System.Runtime.InteropServices;
using NpgsqlTypes;
using UserReports.Core.Reports;
using UserReports.Sources.Connections;
using UserReports.Sources.Schema;

namespace UserReports.Sources.Reading;

/// <summary>Reads who belongs to which organisation.</summary>
/// <remarks>
/// In two steps rather than by one statement: an organisation's owner is nearly always one of the members that have
/// just been read, and what needs no lookup in the database costs it nothing.
/// </remarks>
internal sealed class MembershipReader(
    SourceSession session,
    SourceCatalogue catalogue,
    HeapBlockLocator? places,
    Action<DataWarning> warn
)
{
    private const string Organizations = "organizations_organization";
    private const string Members = "organizations_organizationuser";
    private const string Owners = "organizations_organizationowner";

    private readonly SourceColumns columns = new(catalogue);

    private readonly List<MemberRow> members = [];
    private readonly Dictionary<string, OrganizationRow> organizations = new(StringComparer.Ordinal);
    private readonly List<uint> blocks = [];

    /// <summary>The organisations that the members name, but for those that are known.</summary>
    public IReadOnlyCollection<string> OrganizationIds =>
        [.. organizations.Where(organization => !organization.Value.IsKnown).Select(organization => organization.Key)];

    /// <summary>The first step.</summary>
    public SourceStatement MembersOf(AccountSelection selection) =>
        new(
            HasNumbers ? ByStretch(selection) : ByLookup(selection),
            row =>
            {
                if (row.IsNull(1))
                    return;
                var member = new MemberRow(row.Integer(0), row.Text(1), !row.IsNull(2) && row.Flag(2), row.Flag(3));
                members.Add(member);
                ref var organization = ref CollectionsMarshal.GetValueRefOrAddDefault(
                    organizations,
                    member.OrganizationId,
                    out _
                );
                organization ??= new();
                if (member.IsOwner)
                    organization.OwnerUserId = member.UserId;
            },
            selection.Parameters(session)
        );

    /// <summary>
    /// Part of the first step, after <see cref="MembersOf"/>: organisations where they are guessed to lie.
    /// </summary>
    public IEnumerable<SourceStatement> Nearby(AccountSelection selection)
    {
        if (selection.Range is { } range && places?.Guess(range) is { } guess)
            yield return new(
                $"{OrganizationsOf()} where o.ctid >= $1 and o.ctid < $2",
                ReadOrganization,
                new NpgsqlTid(guess.First, 0),
                new NpgsqlTid(guess.End, 0)
            );
    }

    /// <summary>Between the steps: takes over what is known of organisations that no account here owns.</summary>
    /// <returns>These organisations, by id.</returns>
    public Dictionary<string, RecentOrganization> Take(Func<string, RecentOrganization?> find)
    {
        Dictionary<string, RecentOrganization> known = new(StringComparer.Ordinal);
        foreach (var (id, organization) in organizations)
        {
            if (organization.OwnerUserId is not null || find(id) is not { } elsewhere)
                continue;
            known[id] = elsewhere;
            organization.IsKnown = true;
            organization.Name = elsewhere.Organization.Name;
            organization.Website = elsewhere.Organization.Website;
            organization.OwnerUserId = elsewhere.Organization.OwnerUserId;
        }

        return known;
    }

    /// <summary>The second step, after the first was read.</summary>
    public IEnumerable<SourceStatement> OrganizationsOfMembers()
    {
        var missing = organizations
            .Where(organization => organization.Value.Name is null)
            .Select(organization => organization.Key)
            .ToList();
        if (missing.Count > 0)
            yield return new(
                $"{OrganizationsOf()} where {columns.Key(Organizations, "o", "id")} = any($1)",
                ReadOrganization,
                session.List(missing)
            );
        List<string> ownedElsewhere =
        [
            .. organizations
                .Where(organization => organization.Value.OwnerUserId is null)
                .Select(organization => organization.Key),
        ];
        if (ownedElsewhere.Count == 0)
            yield break;
        yield return new(
            $"""
            select {columns.Key(Owners, "w", "organization_id")}, m.user_id
            from {Owners} w join {Members} m on {columns.Same(
                (Members, "m", "id"),
                (Owners, "w", "organization_user_id")
            )}
            where {columns.Key(Owners, "w", "organization_id")} = any($1)
            """,
            row =>
            {
                if (organizations.TryGetValue(row.Text(0), out var organization))
                    organization.OwnerUserId = row.Integer(1);
            },
            session.List(ownedElsewhere)
        );
    }

    /// <summary>Takes note of where the organisations of a range lay, after both steps.</summary>
    public void Learn(AccountSelection selection)
    {
        if (selection.Range is { } range)
            places?.Learn(range, blocks);
    }

    /// <summary>The memberships that were read, ordered by account, then organisation.</summary>
    public List<MembershipRow> Memberships()
    {
        List<MembershipRow> memberships = new(members.Count);
        foreach (var member in members)
        {
            if (organizations[member.OrganizationId] is { Name: { } name } organization)
                memberships.Add(
                    new(
                        member.UserId,
                        member.OrganizationId,
                        name,
                        organization.Website,
                        member.IsAdmin,
                        member.IsOwner,
                        organization.OwnerUserId
                    )
                );
        }

        memberships.Sort(
            (a, b) =>
                a.UserId != b.UserId
                    ? a.UserId.CompareTo(b.UserId)
                    : string.CompareOrdinal(a.OrganizationId, b.OrganizationId)
        );
        return memberships;
    }

    /// <summary>True if memberships are numbered, and their owners' rows name the number.</summary>
    private bool HasNumbers =>
        catalogue.Find(Members, "id") is { Type: SourceType.Integer }
        && catalogue.Find(Owners, "organization_user_id") is { Type: SourceType.Integer };

    /// <summary>
    /// Most memberships of neighbours were made together, and so were their owners' rows: one stretch of those is read,
    /// from the lowest to the highest membership, but for those far from the rest, which are looked up.
    /// </summary>
    private string ByStretch(AccountSelection selection) =>
        $"""
            with m as materialized (
                select id, user_id, {Key("organization_id")} as organization_id, {IsAdmin} as is_admin
                from {Members} m where {selection.Where("user_id")}),
            stretch as materialized (
                select greatest(min(id), percentile_disc(0.5) within group (order by id) - 4 * count(*)) as first,
                    least(max(id), percentile_disc(0.5) within group (order by id) + 4 * count(*)) as last
                from m),
            w as (
                select organization_user_id from {Owners}
                where organization_user_id between (select first from stretch) and (select last from stretch))
            select m.user_id, m.organization_id, m.is_admin,
                case when m.id between (select first from stretch) and (select last from stretch)
                    then w.organization_user_id is not null
                    else exists (select 1 from {Owners} o where o.organization_user_id = m.id) end
            from m left join w on w.organization_user_id = m.id
            """;

    private string ByLookup(AccountSelection selection) =>
        $"""
            select m.user_id, {Key("organization_id")}, {IsAdmin}, exists (
                select 1 from {Owners} o where {columns.Same(
                (Owners, "o", "organization_user_id"),
                (Members, "m", "id")
            )})
            from {Members} m where {selection.Where("m.user_id")}
            """;

    private string Key(string column) => columns.Key(Members, "m", column);

    private string IsAdmin => columns.Condition(Members, "m", "is_admin");

    private string OrganizationsOf() =>
        $"select {columns.Key(Organizations, "o", "id")}, {columns.Value(Organizations, "o", "name", ValueKind.Text)}, "
        + $"{columns.Value(Organizations, "o", "website", ValueKind.Text)}{(places is null ? "" : ", o.ctid")} "
        + $"from {Organizations} o";

    private void ReadOrganization(SourceRow row)
    {
        if (!organizations.TryGetValue(row.Text(0), out var organization))
            return;
        var fields = new FieldReader(row, "organization", row.Text(0), warn);
        organization.Name = fields.TextOrEmpty(1, "name");
        organization.Website = fields.TextOrEmpty(2, "website");
        if (places is not null)
            blocks.Add(row.Block(3));
    }

    private readonly record struct MemberRow(long UserId, string OrganizationId, bool IsAdmin, bool IsOwner);

    private sealed class OrganizationRow
    {
        /// <summary>Null where the membership names an organisation that is not there.</summary>
        public string? Name { get; set; }

        public string Website { get; set; } = "";

        public long? OwnerUserId { get; set; }

        /// <summary>True if nothing of it is to be read.</summary>
        public bool IsKnown { get; set; }
    }
}

/// <summary>An account's place in an organisation, with the organisation.</summary>
internal sealed record MembershipRow(
    long UserId,
    string OrganizationId,
    string Name,
    string Website,
    bool IsAdmin,
    bool IsOwner,
    long? OwnerUserId
);
