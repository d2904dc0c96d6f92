using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using UserReports.Store.Sql;

namespace UserReports.Store.ClickHouse.Servers;

/// <summary>A server of a cluster, as the cluster's servers call it.</summary>
/// <param name="Shard">From 1.</param>
/// <param name="Replica">From 1.</param>
/// <param name="Port">Of the protocol between servers.</param>
/// <param name="Address">Empty if the name is not known.</param>
/// <param name="Weight">How many of the shards' rows it takes, beside the others' weights.</param>
/// <param name="Replicates">Whether the shard's replicas copy from each other, so that only one is written to.</param>
internal sealed record ClusterServer(
    int Shard,
    int Replica,
    string Host,
    int Port,
    string Address,
    int Weight,
    bool Replicates
)
{
    /// <summary>As messages call it; servers put it the same way.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    /// <summary>Whether a server's message names it.</summary>
    public bool IsNamedIn(string message) => Has(message, Host) || (Address.Length > 0 && Has(message, Address));

    /// <summary>Not where it ends another's name.</summary>
    private bool Has(string message, string host)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{host}:{Port}");
        var at = message.IndexOf(name, StringComparison.Ordinal);
        return at == 0
            || (at > 0 && !char.IsAsciiLetterOrDigit(message[at - 1]) && message[at - 1] is not ('-' or '.'));
    }
}

/// <summary>The servers on which tables are, and how rows are spread over them.</summary>
internal sealed class ClusterShape
{
    /// <summary>How many letters tell weights apart.</summary>
    private const int MarkLength = 6;

    private ClusterShape(string? name, IReadOnlyList<ClusterServer> servers)
    {
        Name = name;
        Servers = servers;
        Shards = servers.Select(one => one.Shard).Distinct().Count();
    }

    /// <summary>One server that knows nothing of others.</summary>
    public static ClusterShape Single { get; } = new(null, []);

    /// <summary>Null for the one server.</summary>
    public string? Name { get; }

    /// <summary>By shard, then by replica; empty for the one server.</summary>
    public IReadOnlyList<ClusterServer> Servers { get; }

    public int Shards { get; }

    /// <summary>
    /// Whether replicas copy from each other, by way of a Keeper; otherwise whoever writes writes to all of them.
    /// </summary>
    public bool IsReplicated => Replicated.Any();

    /// <summary>What stands behind a table's name in what changes tables, so that the servers tell each other; nothing
    /// where each of them is told.</summary>
    public string Behind => IsReplicated ? $" on cluster {SqlText.Name(Name!)}" : "";

    /// <summary>How many replicas must have what is written, so that whichever is read has it.</summary>
    public int Quorum => Replicated.Select(shard => shard.Count()).DefaultIfEmpty(1).Max();

    /// <summary>
    /// Ends the names of tables: rows that were spread over another number of shards, or otherwise, are in tables that
    /// nobody finds, and never a part of the answer.
    /// </summary>
    public string Suffix
    {
        get
        {
            if (Name is null)
                return "";
            var weights = string.Join(
                ",",
                Servers.DistinctBy(one => one.Shard).Select(one => one.Weight.ToString(CultureInfo.InvariantCulture))
            );
            var isEven = Servers.DistinctBy(one => one.Weight).Count() < 2;
            var mark = isEven
                ? ""
                : "_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(weights)))[..MarkLength];
            return string.Create(CultureInfo.InvariantCulture, $"_of{Shards}{mark}");
        }
    }

    private IEnumerable<IGrouping<int, ClusterServer>> Replicated =>
        Servers.GroupBy(one => one.Shard).Where(shard => shard.Count() > 1 && shard.First().Replicates);

    /// <summary>A cluster as its servers describe it.</summary>
    public static ClusterShape Of(string name, IEnumerable<ClusterServer> servers) =>
        new(name, [.. servers.OrderBy(one => one.Shard).ThenBy(one => one.Replica)]);

    /// <summary>Why nothing can be written to it as it is, and what to do; null if it is well.</summary>
    /// <param name="hasKeeper">Whether its servers have a Keeper.</param>
    public string? FaultOf(bool hasKeeper)
    {
        var sizes = Servers.GroupBy(one => one.Shard).Select(shard => shard.Count()).ToHashSet();
        if (IsReplicated && !hasKeeper)
            return $"The cluster {Name} says that replicas copy from each other (internal_replication), and its servers have no Keeper by which they could: set up ClickHouse Keeper, or set internal_replication to false";
        if (
            Servers.DistinctBy(one => one.Shard).Count(one => one.Replicates) is > 0 and var some
            && some < Shards
            && IsReplicated
        )
            return $"The shards of the cluster {Name} differ in internal_replication: set it alike for all of them";
        // The number of replicas that have to confirm is one for a whole statement.
        if (IsReplicated && sizes.Count > 1)
            return $"The shards of the cluster {Name} have different numbers of replicas: give all of them as many";
        return null;
    }

    /// <summary>What a server is to people.</summary>
    public string PlaceOf(ClusterServer one) =>
        string.Create(CultureInfo.InvariantCulture, $"shard {one.Shard} of the cluster {Name}");

    /// <summary>The servers that a server's message names, by their shard; null if there is none among them.</summary>
    public string? NamedIn(string message)
    {
        List<ClusterServer> named = [.. Servers.Where(one => one.IsNamedIn(message))];
        return named.Count == 0
            ? null
            : string.Join(
                " and ",
                named
                    .GroupBy(PlaceOf)
                    .Select(shard => $"{string.Join(", ", shard.Select(one => one.Name))} ({shard.Key})")
            );
    }
}
