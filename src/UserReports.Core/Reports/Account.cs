namespace UserReports.Core.Reports;

/// <summary>An account as the platform keeps it: what every row of the account shares.</summary>
public sealed class Account
{
    /// <summary><c>auth_user.id</c>.</summary>
    public required long Id { get; init; }

    /// <summary><c>hub_extrauserdetail.uid</c>, or null for an account without details.</summary>
    public string? Uid { get; init; }

    /// <summary>The name to sign in with; unique on the platform.</summary>
    public required string Username { get; init; }

    /// <summary>May be empty.</summary>
    public required string FirstName { get; init; }

    /// <summary>May be empty.</summary>
    public required string LastName { get; init; }

    /// <summary>May be empty.</summary>
    public required string Email { get; init; }

    /// <summary>May do everything on the platform.</summary>
    public required bool IsSuperuser { get; init; }

    /// <summary>May use the platform's administration pages.</summary>
    public required bool IsStaff { get; init; }

    /// <summary>May sign in.</summary>
    public required bool IsActive { get; init; }

    /// <summary>When the account was made; null only where the source holds an instant that no calendar has.</summary>
    public required DateTimeOffset? DateJoined { get; init; }

    /// <summary>Null if the account never signed in.</summary>
    public DateTimeOffset? LastLogin { get; init; }

    /// <summary>
    /// When the platform last noted a change in one of the account's projects; null for never, or where it keeps no
    /// note.
    /// </summary>
    public DateTimeOffset? LastProjectActivity { get; init; }

    /// <summary>A primary and verified e-mail address exists.</summary>
    public required bool ValidatedEmail { get; init; }

    /// <summary>An active second factor exists.</summary>
    public required bool MfaIsActive { get; init; }

    /// <summary>The terms of service were accepted.</summary>
    public required bool AcceptedTos { get; init; }

    /// <summary>Sign-ins through other providers, each once, ordered by id.</summary>
    public IReadOnlyList<SocialAccount> SocialAccounts { get; init; } = [];

    /// <summary>The account's details; empty where the platform has none.</summary>
    public required ExtraDetails ExtraDetails { get; init; }

    /// <summary>Projects that are not about to be deleted.</summary>
    public required long AssetCount { get; init; }

    /// <summary>Of those, the deployed ones.</summary>
    public required long ActiveProjectCount { get; init; }
}

/// <summary>A sign-in through another provider.</summary>
public sealed record SocialAccount(long Id, string Provider, string Uid);

/// <summary>The details that an account gives of itself.</summary>
/// <param name="Data">A JSON object without the platform's own bookkeeping keys, or null for an account without
/// details.</param>
public sealed record ExtraDetails(
    JsonText? Data,
    DateTimeOffset? DateRemoved,
    bool ValidatedPassword,
    DateTimeOffset? PasswordDateChanged,
    DateTimeOffset? DateRemovalRequested
)
{
    /// <summary>The details of an account that has none.</summary>
    public static readonly ExtraDetails None = new(null, null, false, null, null);
}
