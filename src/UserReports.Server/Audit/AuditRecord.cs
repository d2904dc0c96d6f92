using System.Text.Json.Serialization;

namespace UserReports.Server.Audit;

/// <summary>One read of personal data, or one sign-in.</summary>
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
}

/// <summary>What to look for in the audit log.</summary>
/// <param name="Since">Records from here on; null for all that are kept.</param>
/// <param name="Until">Records before; null for all.</param>
/// <param name="User">A username, whatever its case, or an account's id; null for everybody.</param>
/// <param name="Text">Part of the route, path or query; null for anything.</param>
/// <param name="Limit">At most so many, the newest.</param>
public sealed record AuditQuery(
    DateTimeOffset? Since = null,
    DateTimeOffset? Until = null,
    string? User = null,
    string? Text = null,
    int Limit = 1000
);

/// <summary>A record could not be written, so what it records must not happen.</summary>
public sealed class AuditException(string message, Exception inner) : Exception(message, inner);

/// <summary>How records are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(AuditRecord))]
internal sealed partial class AuditJson : JsonSerializerContext;
