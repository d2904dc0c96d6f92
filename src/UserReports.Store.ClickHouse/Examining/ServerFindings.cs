using System.Globalization;
using UserReports.Core.Query;
using UserReports.Store.ClickHouse.Servers;

namespace UserReports.Store.ClickHouse.Examining;

/// <summary>What an examination found.</summary>
/// <param name="Subject">What was looked at, in one word.</param>
/// <param name="Message">For people; says what to do where something is wrong.</param>
public sealed record ServerFinding(bool IsGood, string Subject, string Message)
{
    internal static ServerFinding Good(string subject, string message) => new(true, subject, message);

    internal static ServerFinding Bad(string subject, string message) => new(false, subject, message);
}

/// <summary>What a server says of itself.</summary>
/// <param name="Server">Its name for people.</param>
/// <param name="Place">Its place in the cluster; null if there is none.</param>
/// <param name="Version">As ClickHouse counts: 25.8.1.3.</param>
internal sealed record ServerAnswer(string Server, ClusterServer? Place, string Version)
{
    public DateTimeOffset Clock { get; init; }

    /// <summary>When it was asked for its clock, by this machine's.</summary>
    public DateTimeOffset Asked { get; init; }

    /// <summary>When it had answered, by this machine's.</summary>
    public DateTimeOffset Answered { get; init; }

    public bool HasKeeper { get; init; }

    /// <summary>Each as <c>name=value</c>.</summary>
    public IReadOnlyList<string> Macros { get; init; } = [];

    /// <summary>Replicated tables of the database to which it cannot write.</summary>
    public IReadOnlyList<string> ReadOnly { get; init; } = [];
}

/// <summary>What servers' answers mean.</summary>
internal static class ServerFindings
{
    private const string Shard = "shard";
    private const string Replica = "replica";

    private static readonly Version Oldest = new(25, 8);

    private static readonly TimeSpan ClockMax = TimeSpan.FromSeconds(1);

    /// <summary>Versions and clocks: a line for each subject that is well, and one for each server with which it is
    /// not.</summary>
    public static List<ServerFinding> Of(IReadOnlyList<ServerAnswer> answers) =>
        [
            .. Faults(
                answers.Where(answer => !IsNewEnough(answer.Version)),
                "version",
                answer => $"ClickHouse {answer.Version} on {answer.Server} is too old: install {Oldest} or later",
                $"ClickHouse {string.Join(", ", answers.Select(answer => answer.Version).Distinct())} on {string.Join(", ", answers.Select(answer => answer.Server))}"
            ),
            .. Faults(
                answers.Where(answer => Apart(answer) > ClockMax),
                "clock",
                answer =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"is {Apart(answer).TotalSeconds:0.#} seconds from this machine's on {answer.Server}: let both keep the time of one source"
                    ),
                "agrees with this machine's"
            ),
        ];

    /// <summary>Faults of servers whose replicas copy from each other.</summary>
    public static IEnumerable<ServerFinding> OfReplicas(IReadOnlyList<ServerAnswer> answers, ClusterShape shape)
    {
        foreach (var answer in answers.Where(answer => answer.ReadOnly.Count > 0))
            yield return ServerFinding.Bad(
                "replicas",
                $"{answer.Server} cannot write to {answer.ReadOnly.Count} of its tables, {answer.ReadOnly[0]} among them, as it has lost its Keeper: see that Keeper answers it, and its table system.replicas"
            );
        if (!shape.IsReplicated)
            yield break;
        foreach (var answer in answers)
        {
            string[] missing = [.. new[] { Shard, Replica }.Where(macro => MacroOf(answer, macro) is null)];
            if (missing.Length > 0)
                yield return ServerFinding.Bad(
                    "macros",
                    $"{answer.Server} has no macro {string.Join(" and ", missing)}: give it in <macros> of its configuration"
                );
        }

        foreach (
            var same in answers
                .Where(answer => MacroOf(answer, Shard) is not null && MacroOf(answer, Replica) is not null)
                .GroupBy(answer => (MacroOf(answer, Shard), MacroOf(answer, Replica)))
                .Where(same => same.Count() > 1)
        )
            yield return ServerFinding.Bad(
                "macros",
                $"{string.Join(" and ", same.Select(answer => answer.Server))} have the same macros shard and replica: let each have its own"
            );
    }

    /// <summary>That a server knows no cluster of a name.</summary>
    /// <param name="names">Those that it knows.</param>
    public static ServerFinding OfUnknown(string name, string server, IReadOnlyList<string> names)
    {
        var near = NearestNames.Of(name, names);
        var meant =
            near.Count > 0 ? $"did you mean {string.Join(" or ", near)}?"
            : names.Count > 0 ? $"it knows {string.Join(", ", names)}"
            : "it knows none: set up remote_servers";
        return ServerFinding.Bad("cluster", $"{server} knows no cluster {name}: {meant}");
    }

    private static List<ServerFinding> Faults(
        IEnumerable<ServerAnswer> faulty,
        string subject,
        Func<ServerAnswer, string> message,
        string good
    )
    {
        List<ServerFinding> faults = [.. faulty.Select(answer => ServerFinding.Bad(subject, message(answer)))];
        return faults.Count > 0 ? faults : [ServerFinding.Good(subject, good)];
    }

    private static string? MacroOf(ServerAnswer answer, string name)
    {
        var macro = answer.Macros.FirstOrDefault(macro => macro.StartsWith(name + "=", StringComparison.Ordinal));
        return macro?[(name.Length + 1)..];
    }

    private static bool IsNewEnough(string version) =>
        version.Split('.') is [var year, var month, ..]
        && int.TryParse(year, NumberStyles.None, CultureInfo.InvariantCulture, out var major)
        && int.TryParse(month, NumberStyles.None, CultureInfo.InvariantCulture, out var minor)
        && new Version(major, minor) >= Oldest;

    private static TimeSpan Apart(ServerAnswer answer) =>
        answer.Clock < answer.Asked ? answer.Asked - answer.Clock
        : answer.Clock > answer.Answered ? answer.Clock - answer.Answered
        : TimeSpan.Zero;
}
