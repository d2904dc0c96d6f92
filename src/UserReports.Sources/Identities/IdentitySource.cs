using UserReports.Sources.Reading;

namespace UserReports.Sources.Identities;

/// <summary>Reads what signing in needs, live, from the platform database.</summary>
public sealed class IdentitySource(SourceDatabase platform) : IIdentitySource
{
    private SourceCatalogue? catalogue;

    /// <inheritdoc/>
    public Task<Identity?> FindByTokenAsync(string token, CancellationToken cancellationToken) =>
        FindAsync("join authtoken_token t on t.user_id = u.id where t.key = $1", token, cancellationToken);

    /// <inheritdoc/>
    public Task<Identity?> FindByUsernameAsync(string username, CancellationToken cancellationToken) =>
        FindAsync("where u.username = $1", username, cancellationToken);

    /// <inheritdoc/>
    public Task<Identity?> FindByIdAsync(long accountId, CancellationToken cancellationToken) =>
        FindAsync("where u.id = $1", (int)accountId, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> FindTotpSecretsAsync(long accountId, CancellationToken cancellationToken) =>
        platform.ReadAsync<IReadOnlyList<string>>(
            async session =>
            {
                List<string> secrets = [];
                if ((await CatalogueAsync(session, cancellationToken)).Has("mfa_authenticator"))
                {
                    await session.ReadAsync(
                        """
                        select data ->> 'secret' from mfa_authenticator
                        where user_id = $1 and type = 'totp' and (data ->> 'secret') is not null
                        """,
                        row => secrets.Add(row.Text(0)),
                        cancellationToken,
                        (int)accountId
                    );
                }

                return secrets;
            },
            cancellationToken
        );

    private Task<Identity?> FindAsync(string condition, object value, CancellationToken cancellationToken) =>
        platform.ReadAsync(
            async session =>
            {
                var mfa = (await CatalogueAsync(session, cancellationToken)).Has("accounts_mfa_mfamethodswrapper")
                    ? "exists (select 1 from accounts_mfa_mfamethodswrapper f where f.user_id = u.id and f.is_active)"
                    : "false";
                Identity? found = null;
                await session.ReadAsync(
                    $"""
                    select u.id, u.username, u.password, u.is_active, u.is_superuser, u.is_staff,
                        coalesce(d.validated_password, false), {mfa}
                    from auth_user u left join hub_extrauserdetail d on d.user_id = u.id {condition}
                    """,
                    row =>
                        found = new(
                            row.Integer(0),
                            row.Text(1),
                            row.Text(2),
                            row.Flag(3),
                            row.Flag(4),
                            row.Flag(5),
                            row.Flag(6),
                            row.Flag(7)
                        ),
                    cancellationToken,
                    value
                );
                return found;
            },
            cancellationToken
        );

    private async Task<SourceCatalogue> CatalogueAsync(SourceSession session, CancellationToken cancellationToken) =>
        catalogue ??= await SourceCatalogue.ReadAsync(session, cancellationToken);
}
