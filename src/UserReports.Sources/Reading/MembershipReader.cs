namespace UserReports.Sources.Reading;

/// <summary>Reads who belongs to which organisation.</summary>
/// <remarks>
/// In three steps rather than by one statement: an organisation's owner is nearly always one of the members that have
/// just been read, and what needs no lookup in the database costs it nothing.
/// </remarks>
internal static class MembershipReader
{
    /// <summary>The memberships of the selected accounts, ordered by account, then organisation.</summary>
    public static async Task<List<MembershipRow>> ReadAsync(
        SourceSession session,
        AccountSelection selection,
        CancellationToken cancellationToken
    )
    {
        var members = await ReadMembersAsync(
            session,
            selection.Where("user_id"),
            selection.Parameters(session),
            cancellationToken
        );
        if (members.Count == 0)
            return [];

        Dictionary<string, OrganizationRow> organizations = new(members.Count, StringComparer.Ordinal);
        await session.ReadAsync(
            """
            select o.id, o.name, o.website, w.organization_user_id
            from organizations_organization o left join organizations_organizationowner w on w.organization_id = o.id
            where o.id = any($1)
            """,
            row => organizations[row.Text(0)] = new(row.Text(0), row.Text(1), row.Text(2), row.IntegerOrNull(3)),
            cancellationToken,
            session.List(members.Select(member => member.OrganizationId).Distinct(StringComparer.Ordinal))
        );

        var userIds = members.ToDictionary(member => member.Id, member => member.UserId);
        List<long> elsewhere =
        [
            .. organizations
                .Values.Select(organization => organization.OwnerMemberId)
                .OfType<long>()
                .Where(owner => !userIds.ContainsKey(owner))
                .Distinct(),
        ];
        if (elsewhere.Count > 0)
        {
            var owners = await ReadMembersAsync(
                session,
                "id = any($1)",
                [session.List(elsewhere.Select(id => (int)id))],
                cancellationToken
            );
            foreach (var owner in owners)
                userIds[owner.Id] = owner.UserId;
        }

        List<MembershipRow> memberships = new(members.Count);
        foreach (var member in members)
        {
            if (!organizations.TryGetValue(member.OrganizationId, out var organization))
                continue;
            var owner = organization.OwnerMemberId;
            memberships.Add(
                new(
                    member.UserId,
                    organization.Id,
                    organization.Name,
                    organization.Website,
                    member.IsAdmin,
                    owner == member.Id,
                    owner is { } id && userIds.TryGetValue(id, out var user) ? user : null
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

    private static async Task<List<MemberRow>> ReadMembersAsync(
        SourceSession session,
        string where,
        IReadOnlyList<object> parameters,
        CancellationToken cancellationToken
    )
    {
        List<MemberRow> members = [];
        await session.ReadAsync(
            $"select id, user_id, organization_id, is_admin from organizations_organizationuser where {where}",
            row => members.Add(new(row.Integer(0), row.Integer(1), row.Text(2), row.Flag(3))),
            cancellationToken,
            parameters
        );
        return members;
    }

    private sealed record MemberRow(long Id, long UserId, string OrganizationId, bool IsAdmin);

    private sealed record OrganizationRow(string Id, string Name, string Website, long? OwnerMemberId);
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
