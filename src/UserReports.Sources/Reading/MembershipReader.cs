using System.Runtime.InteropServices;
using NpgsqlTypes;

namespace UserReports.Sources.Reading;

/// <summary>Reads who belongs to which organisation.</summary>
/// <remarks>
/// In two steps rather than by one statement: an organisation's owner is nearly always one of the members that have
/// just been read, and what needs no lookup in the database costs it nothing.
/// </remarks>
internal sealed class MembershipReader(OrganizationPlaces? places)
{
    private const string Organization = "select id, name, website from organizations_organization";
    private const string OrganizationWithPlace = "select id, name, website, ctid from organizations_organization";

    private readonly List<MemberRow> members = [];
    private readonly Dictionary<string, OrganizationRow> organizations = new(StringComparer.Ordinal);
    private readonly List<uint> blocks = [];

    /// <summary>The organisations that the members name, but for those that are known.</summary>
    public IReadOnlyCollection<string> OrganizationIds =>
        [.. organizations.Where(organization => !organization.Value.IsKnown).Select(organization => organization.Key)];

    /// <summary>The first step.</summary>
    public SourceStatement Members(SourceSession session, AccountSelection selection) =>
        new(
            // Most memberships of neighbours were made together, and so were their owners' rows: one stretch of those
            // is read, from the lowest to the highest membership, but for those far from the rest, which are looked up.
            $"""
            with m as materialized (
                select id, user_id, organization_id, is_admin from organizations_organizationuser
                where {selection.Where("user_id")}),
            stretch as materialized (
                select greatest(min(id), percentile_disc(0.5) within group (order by id) - 4 * count(*)) as first,
                    least(max(id), percentile_disc(0.5) within group (order by id) + 4 * count(*)) as last
                from m),
            w as (
                select organization_user_id from organizations_organizationowner
                where organization_user_id between (select first from stretch) and (select last from stretch))
            select m.user_id, m.organization_id, m.is_admin,
                case when m.id between (select first from stretch) and (select last from stretch)
                    then w.organization_user_id is not null
                    else exists (
                        select 1 from organizations_organizationowner o where o.organization_user_id = m.id) end
            from m left join w on w.organization_user_id = m.id
            """,
            row =>
            {
                var member = new MemberRow(row.Integer(0), row.Text(1), row.Flag(2), row.Flag(3));
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
    /// Part of the first step, after <see cref="Members"/>: organisations where they are guessed to lie.
    /// </summary>
    public IEnumerable<SourceStatement> Nearby(AccountSelection selection)
    {
        if (selection.Range is { } range && places?.Guess(range) is { } guess)
            yield return new(
                $"{OrganizationWithPlace} where ctid >= $1 and ctid < $2",
                ReadOrganization,
                new NpgsqlTid(guess.First, 0),
                new NpgsqlTid(guess.End, 0)
            );
    }

    /// <summary>Between the steps: takes over what is known of organisations that no account here owns.</summary>
    /// <returns>These organisations, by id.</returns>
    public Dictionary<string, OrganizationElsewhere> Take(Func<string, OrganizationElsewhere?> find)
    {
        Dictionary<string, OrganizationElsewhere> known = new(StringComparer.Ordinal);
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
    public IEnumerable<SourceStatement> Organizations(SourceSession session)
    {
        var missing = organizations
            .Where(organization => organization.Value.Name is null)
            .Select(organization => organization.Key)
            .ToList();
        if (missing.Count > 0)
            yield return new(
                $"{(places is null ? Organization : OrganizationWithPlace)} where id = any($1)",
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
            """
            select w.organization_id, m.user_id
            from organizations_organizationowner w
                join organizations_organizationuser m on m.id = w.organization_user_id
            where w.organization_id = any($1)
            """,
            row => organizations[row.Text(0)].OwnerUserId = row.Integer(1),
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

    private void ReadOrganization(SourceRow row)
    {
        if (!organizations.TryGetValue(row.Text(0), out var organization))
            return;
        organization.Name = row.Text(1);
        organization.Website = row.Text(2);
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
