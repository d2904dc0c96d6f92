using System.Security.Cryptography;
using System.Text;
using Npgsql;
using UserReports.Sources.Connections;
using UserReports.Sources.Load;
using UserReports.Sources.Schema;

namespace UserReports.Sources.Identities;

/// <summary>Reads what signing in needs, live, from the platform database.</summary>
/// <param name="time">Null for the system's.</param>
public sealed class IdentitySource(SourceDatabase platform, TimeProvider? time = null) : IIdentitySource
{
    /// <summary>So long after a right to read access tokens was granted, they are taken.</summary>
    private static readonly TimeSpan AccessTokensKnownFor = TimeSpan.FromMinutes(1);

    private readonly TimeProvider time = time ?? TimeProvider.System;
    private SourceCatalogue? catalogue;
    private KnownAccessTokens? accessTokens;

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
    public async Task<AccessTokenOwner?> FindByAccessTokenAsync(string token, CancellationToken cancellationToken)
    {
        try
        {
            return await platform.ReadAsync(
                SourceWork.SignIn,
                session => FindByAccessTokenAsync(session, token, cancellationToken),
                cancellationToken
            );
        }
        catch (SourceException e)
            when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege })
        {
            // The right was taken away since it was looked at: what may not be read is not taken, as before.
            accessTokens = null;
            return null;
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> FindTotpSecretsAsync(long accountId, CancellationToken cancellationToken) =>
        platform.ReadAsync<IReadOnlyList<string>>(
            SourceWork.SignIn,
            async session =>
            {
                List<string> secrets = [];
                if ((await CatalogueAsync(session, cancellationToken)).Has("mfa_authenticator"))
                {
                    await session.ReadAsync(
                        [
                            new(
                                """
                                select data ->> 'secret' from mfa_authenticator
                                where user_id = $1 and type = 'totp' and (data ->> 'secret') is not null
                                """,
                                row => secrets.Add(row.Text(0)),
                                (int)accountId
                            ),
                        ],
                        cancellationToken,
                        isLast: true
                    );
                }

                return secrets;
            },
            cancellationToken
        );

    private Task<Identity?> FindAsync(string condition, object value, CancellationToken cancellationToken) =>
        platform.ReadAsync(
            SourceWork.SignIn,
            async session =>
            {
                var known = await CatalogueAsync(session, cancellationToken);
                Identity? found = null;
                await session.ReadAsync(
                    [new($"select {Columns(known)} {From} {condition}", row => found = Read(row), value)],
                    cancellationToken,
                    isLast: true
                );
                return found;
            },
            cancellationToken
        );

    /// <summary>By its digest, so that neither an index nor a comparison tells how much of a guess was right.</summary>
    private async Task<AccessTokenOwner?> FindByAccessTokenAsync(
        SourceSession session,
        string token,
        CancellationToken cancellationToken
    )
    {
        var table = await AccessTokensAsync(session, cancellationToken);
        if (!table.IsReadable)
            return null;
        var known = await CatalogueAsync(session, cancellationToken);
        var sent = Encoding.UTF8.GetBytes(token);
        AccessTokenOwner? found = null;
        await session.ReadAsync(
            [
                new(
                    $"""
                    select {Columns(known)}, a.token, a.scope, cast(extract(epoch from a.expires) as double precision)
                    {From} join {AccessTokenTable.Name} a on a.user_id = u.id
                    where {(table.HasChecksum ? "a.token_checksum" : "a.token")} = $1
                    """,
                    row =>
                    {
                        if (
                            CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(row.Text(8)), sent)
                            && row.Text(9).Split((char[]?)null).Contains(AccessTokenTable.ReadScope)
                        )
                            found = new(Read(row), InstantOf(row.Double(10)));
                    },
                    table.HasChecksum ? Convert.ToHexStringLower(SHA256.HashData(sent)) : token
                ),
            ],
            cancellationToken,
            isLast: true
        );
        return found;
    }

    private const string From = "from auth_user u left join hub_extrauserdetail d on d.user_id = u.id";

    private static string Columns(SourceCatalogue known)
    {
        var mfa = known.Has("accounts_mfa_mfamethodswrapper")
            ? "exists (select 1 from accounts_mfa_mfamethodswrapper f where f.user_id = u.id and f.is_active)"
            : "false";
        return "u.id, u.username, u.password, u.is_active, u.is_superuser, u.is_staff, "
            + $"d.user_id is null or coalesce(d.validated_password, false), {mfa}";
    }

    private static Identity Read(SourceRow row) =>
        new(row.Integer(0), row.Text(1), row.Text(2), row.Flag(3), row.Flag(4), row.Flag(5), row.Flag(6), row.Flag(7));

    private static DateTimeOffset InstantOf(double epoch) =>
        double.IsFinite(epoch) && Math.Abs(epoch) < DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.UnixEpoch.AddSeconds(epoch)
        : epoch > 0 ? DateTimeOffset.MaxValue
        : DateTimeOffset.MinValue;

    private async Task<SourceCatalogue> CatalogueAsync(SourceSession session, CancellationToken cancellationToken) =>
        catalogue ??= await SourceCatalogue.ReadAsync(session, cancellationToken);

    private async Task<AccessTokenTable> AccessTokensAsync(SourceSession session, CancellationToken cancellationToken)
    {
        if (accessTokens is { } known && time.GetElapsedTime(known.At) < AccessTokensKnownFor)
            return known.Table;
        var table = await AccessTokenTable.ReadAsync(session, cancellationToken);
        accessTokens = new(table, time.GetTimestamp());
        return table;
    }

    private sealed record KnownAccessTokens(AccessTokenTable Table, long At);
}
