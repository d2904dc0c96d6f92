namespace UserReports.Sources;

/// <summary>What signing in needs to know of the platform, read live and never stored.</summary>
/// <remarks>Throws <see cref="SourceException"/> as <see cref="IReportSource"/> does.</remarks>
public interface IIdentitySource
{
    /// <summary>The account that owns the API token, or null.</summary>
    Task<Identity?> FindByTokenAsync(string token, CancellationToken cancellationToken);

    /// <summary>The account with exactly this username, or null.</summary>
    Task<Identity?> FindByUsernameAsync(string username, CancellationToken cancellationToken);

    /// <summary>The account with this id, or null.</summary>
    Task<Identity?> FindByIdAsync(long accountId, CancellationToken cancellationToken);

    /// <summary>
    /// The account that an OAuth2 access token of the platform (<c>oauth2_provider_accesstoken</c>) stands for, and
    /// when the token ends; null if there is none, if it may not read, if the platform lacks the table, or if the
    /// role may not read that.
    /// </summary>
    Task<AccessTokenOwner?> FindByAccessTokenAsync(string token, CancellationToken cancellationToken);

    /// <summary>
    /// The base32 secrets of the account's time-based one-time passwords (<c>mfa_authenticator</c>); empty if it has
    /// none or the platform lacks the table.
    /// </summary>
    Task<IReadOnlyList<string>> FindTotpSecretsAsync(long accountId, CancellationToken cancellationToken);
}

/// <summary>An account as far as access to this service depends on it.</summary>
/// <param name="PasswordHash">In Django's format; goes nowhere but to the verification of a password.</param>
/// <param name="ValidatedPassword">True for an account without details, too: the platform lets it in.</param>
public sealed record Identity(
    long AccountId,
    string Username,
    string PasswordHash,
    bool IsActive,
    bool IsSuperuser,
    bool IsStaff,
    bool ValidatedPassword,
    bool MfaIsActive
)
{
    /// <summary>Never shows the hash.</summary>
    public override string ToString() => $"account {AccountId}";
}

/// <summary>Whom an access token stands for.</summary>
/// <param name="Expires">From this instant on it does not hold any more; it may have passed.</param>
public sealed record AccessTokenOwner(Identity Identity, DateTimeOffset Expires);
