namespace UserReports.Sources.Reading;

/// <summary>Reads who belongs to which organisation.</summary>
internal static class MembershipReader
{
    /// <summary>The memberships of the selected accounts, ordered by account, then organisation.</summary>
    public static async Task<List<MembershipRow>> ReadAsync(
        SourceSession session,
        AccountSelection selection,
        CancellationToken cancellationToken
    )
    {
        List<MembershipRow> memberships = [];
        await session.ReadAsync(
            $"""
            select m.user_id, o.id, o.name, o.website, m.is_admin, coalesce(w.organization_user_id = m.id, false), e.user_id
            from organizations_organizationuser m
                join organizations_organization o on o.id = m.organization_id
                left join organizations_organizationowner w on w.organization_id = o.id
                left join organizations_organizationuser e on e.id = w.organization_user_id
            where {selection.Where("m.user_id")}
            """,
            row =>
                memberships.Add(
                    new(
                        row.Integer(0),
                        row.Text(1),
                        row.Text(2),
                        row.Text(3),
                        row.Flag(4),
                        row.Flag(5),
                        row.IntegerOrNull(6)
                    )
                ),
            cancellationToken,
            selection.Parameters(session)
        );
        memberships.Sort(
            (a, b) =>
                a.UserId != b.UserId
                    ? a.UserId.CompareTo(b.UserId)
                    : string.CompareOrdinal(a.OrganizationId, b.OrganizationId)
        );
        return memberships;
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
