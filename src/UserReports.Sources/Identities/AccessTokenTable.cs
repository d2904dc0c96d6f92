using UserReports.Sources.Connections;

namespace UserReports.Sources.Identities;

/// <summary>The platform's OAuth2 access tokens, if it has the table and the role may read it.</summary>
/// <param name="Lack">Why none are taken although the table is there, and what to do; else null.</param>
/// <param name="IsReadable">True if tokens can be looked up.</param>
/// <param name="HasChecksum">True if they are found by their SHA-256; older platforms have only the token.</param>
internal sealed record AccessTokenTable(string? Lack, bool IsReadable, bool HasChecksum)
{
    public const string Name = "oauth2_provider_accesstoken";

    /// <summary>What a token must be allowed to do on the platform.</summary>
    public const string ReadScope = "read";

    private const string Checksum = "token_checksum";

    private static readonly string[] Needed = ["token", "user_id", "expires", "scope"];

    /// <summary>A column of the table, and whether the role may read it.</summary>
    private const string PostgresColumns = $"""
        select a.attname, has_column_privilege(c.oid, a.attnum, 'SELECT')
        from pg_class c join pg_attribute a on a.attrelid = c.oid
        where c.relname = '{Name}' and c.relkind in ('r', 'p', 'v', 'm', 'f') and pg_table_is_visible(c.oid)
            and a.attnum > 0 and not a.attisdropped
        """;

    private const string EmbeddedColumns =
        $"select column_name, true from information_schema.columns where table_name = '{Name}'";

    public static async Task<AccessTokenTable> ReadAsync(SourceSession session, CancellationToken cancellationToken)
    {
        var columns = new Dictionary<string, bool>(StringComparer.Ordinal);
        await session.ReadAsync(
            session.IsEmbedded ? EmbeddedColumns : PostgresColumns,
            row => columns[row.Text(0)] = row.Flag(1),
            cancellationToken
        );
        if (columns.Count == 0)
            return new(null, false, false);
        var missing = Needed.Where(column => !columns.ContainsKey(column)).ToList();
        if (missing.Count > 0)
            return new($"{Name} lacks {string.Join(", ", missing)}: OAuth2 access tokens are not taken.", false, false);
        var hasChecksum = columns.ContainsKey(Checksum);
        var refused = Needed
            .Concat(hasChecksum ? [Checksum] : Array.Empty<string>())
            .Where(column => !columns[column])
            .ToList();
        return refused.Count > 0
            ? new(
                $"may not read {string.Join(", ", refused)} of {Name}: OAuth2 access tokens are not taken. Grant SELECT on "
                    + "them to the role if they should be.",
                false,
                hasChecksum
            )
            : new(null, true, hasChecksum);
    }
}
