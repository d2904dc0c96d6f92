using System.Text.Json.Serialization;

namespace UserReports.Server.Audit;

/// <summary>One read of personal data, one sign-in, or something that was refused.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="AccountId">Who, by the platform's id; null where only a name is known.</param>
/// <param name="Username">Who, by name.</param>
/// <param name="Address">From where; null inside the machine.</param>
/// <param name="Route">What: the route's pattern, or the name of a command or page.</param>
/// <param name="Path">The address that was asked for, without parameters; null where it is the route.</param>
/// <param name="Q">The query, if there was one.</param>
/// <param name="Fields">The fields that were chosen, if any were.</param>
/// <param name="Rows">Rows returned.</param>
/// <param name="Status">As in HTTP.</param>
public sealed record AuditRecord(
    DateTimeOffset At,
    long? AccountId,
    string? Username,
    string? Address,
    string Route,
    string? Path,
    string? Q,
    string? Fields,
    long Rows,
    int Status
)
{
    /// <summary>What else was read for the same act, such as the figures of a page; null for nothing.</summary>
    public IReadOnlyList<string>? Within { get; init; }

    /// <summary>What happened, where it was no read: one of <see cref="AuditEvents"/>; null for a read.</summary>
    public string? Event { get; init; }

    /// <summary>
    /// Every other parameter that decided what was read, by its name: group_by, ordering, cursor and so on, as they
    /// were sent; null if there was none, and in lines of versions that did not record them.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Asked { get; init; }

    /// <summary>
    /// A mark of the wrong token that was tried, the same for the same token in this installation; the token cannot be
    /// had from it. Null where none was.
    /// </summary>
    public string? Credential { get; init; }

    /// <summary>
    /// The id of the reveal under which names were shown that are concealed otherwise; null where none was needed or
    /// there was none.
    /// </summary>
    public string? Reveal { get; init; }

    /// <summary>
    /// The node that recorded it, where the records of several are shown together; null in the files, and where there
    /// is one node.
    /// </summary>
    public string? Node { get; init; }

    /// <summary>Everything that was asked, in one line: <c>q=… fields=… group_by=…</c>; empty for nothing.</summary>
    [JsonIgnore]
    public string Question =>
        string.Join(
            "  ",
            new[] { Named("q", Q), Named("fields", Fields), Named("token", Credential), Named("reveal", Reveal) }
                .Concat(Asked?.Select(parameter => Named(parameter.Key, parameter.Value)) ?? [])
                .OfType<string>()
        );

    private static string? Named(string name, string? value) => value is null ? null : $"{name}={value}";
}

/// <summary>What can happen besides reading.</summary>
public static class AuditEvents
{
    /// <summary>A session began, from an address from which this account had signed in before.</summary>
    public const string SignedIn = "signed_in";

    /// <summary>A session began, from an address from which this account had not signed in before.</summary>
    public const string SignedInFromNewAddress = "signed_in_from_new_address";

    /// <summary>A password, a code or a right was not enough for a session or a request.</summary>
    public const string SignInFailed = "sign_in_failed";

    /// <summary>The password was right, and a code is wanted besides.</summary>
    public const string PasswordRight = "password_right";

    /// <summary>The password was right, but Basic is refused for this account, which has a second factor.</summary>
    public const string SecondFactorMissing = "second_factor_missing";

    /// <summary>A token that nobody has.</summary>
    public const string TokenWrong = "token_wrong";

    /// <summary>A session was ended by its owner, from itself.</summary>
    public const string SignedOut = "signed_out";

    /// <summary>Sessions were ended by their owner; <c>asked</c> says which.</summary>
    public const string SessionsEnded = "sessions_ended";

    /// <summary>Somebody revealed names that are concealed; <c>asked</c> and <c>q</c> say of what, and why.</summary>
    public const string Revealed = "revealed";

    /// <summary>Somebody ended a reveal, or all of their own, before its time.</summary>
    public const string RevealEnded = "reveal_ended";

    /// <summary>
    /// Never recorded: shown in place of the records of a node that could not be asked; <c>asked</c> says why.
    /// </summary>
    public const string NodeMissing = "node_missing";

    /// <summary>Somebody known asked for what there is not, or not so.</summary>
    public const string Refused = "refused";
}

/// <summary>What to look for in the audit log.</summary>
/// <param name="Since">Records from here on; null for all that are kept.</param>
/// <param name="Until">Records before; null for all.</param>
/// <param name="User">A username, whatever its case, or an account's id; null for everybody.</param>
/// <param name="Text">Part of the route, path, query, event or of what else was asked; null for anything.</param>
/// <param name="Limit">At most so many, the newest.</param>
public sealed record AuditQuery(
    DateTimeOffset? Since = null,
    DateTimeOffset? Until = null,
    string? User = null,
    string? Text = null,
    int Limit = 1000
)
{
    /// <summary>How records are shown to whoever looks; <see cref="Text"/> is looked for in what is shown. Null for as
    /// they are.</summary>
    public Func<AuditRecord, AuditRecord>? Shown { get; init; }
}

/// <summary>A record could not be written, so what it records must not happen.</summary>
public sealed class AuditException(string message, Exception inner) : Exception(message, inner);

/// <summary>How records are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(AuditRecord))]
[JsonSerializable(typeof(IReadOnlyList<AuditRecord>))]
internal sealed partial class AuditJson : JsonSerializerContext;
