using System.Data.Common;
using ClickHouse.Driver.ADO;

namespace UserReports.Store.ClickHouse;

/// <summary>Where the server or the cluster is and how much of it one query may use.</summary>
/// <param name="ConnectionString">As the driver takes it: <c>Port</c>, <c>Database</c>, <c>Username</c>,
/// <c>Password</c>, <c>Protocol</c>; but <c>Host</c> may be several with commas between them, and <c>Cluster</c> is the
/// name under which the servers know the cluster.</param>
public sealed record ClickHouseSettings(string ConnectionString)
{
    /// <summary>The database that is taken where none is named.</summary>
    public const string UsualDatabase = "user_reports";

    private const string ClusterKey = "Cluster";
    private const string HostKey = "Host";
    private const int WholePercent = 100;

    /// <summary>How long one query may run.</summary>
    public TimeSpan QueryTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Megabytes that one query may use.</summary>
    public int QueryMegabytes { get; init; } = 1024;

    /// <summary>Rows that may have changed or gone since the last completed run before the next one is asked
    /// for.</summary>
    public long ChangesMax { get; init; } = 200_000;

    /// <summary>How long a generation stays that is no longer read and that nobody uses.</summary>
    public TimeSpan UnusedFor { get; init; } = TimeSpan.FromHours(1);

    /// <summary>True for a connection string that means this engine: it names a host.</summary>
    public static bool IsMeant(string connectionString)
    {
        try
        {
            return new DbConnectionStringBuilder { ConnectionString = connectionString }.ContainsKey(HostKey);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>True for one that names servers, a database and perhaps a cluster as statements can.</summary>
    public static bool IsValid(string connectionString)
    {
        try
        {
            var settings = new ClickHouseSettings(connectionString);
            return settings.Hosts.Count > 0
                && (settings.Cluster is not { } name || (IsName(name) && IsName(settings.Database)));
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException)
        {
            return false;
        }

        static bool IsName(string name) =>
            name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');
    }

    /// <summary>The servers' name for people: hosts and port, without a password.</summary>
    public string Server
    {
        get
        {
            var port = Driver().Port;
            var name = string.Join(
                ", ",
                Hosts.Select(host => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{host}:{port}"))
            );
            return Place is null ? name : $"{name} ({Place})";
        }
    }

    /// <summary>Servers of the cluster, in the order in which they are tried; or the one server.</summary>
    public IReadOnlyList<string> Hosts =>
        (string)Parts()[HostKey] is { Length: > 0 } hosts
            ? hosts.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : [];

    /// <summary>The cluster in which the rows are; null if they are on the one server.</summary>
    public string? Cluster => Parts().TryGetValue(ClusterKey, out var name) ? (string)name : null;

    /// <summary>The database in which the tables are.</summary>
    public string Database => Driver().Database;

    /// <summary>What the server is in a cluster; null if it is nothing of the kind.</summary>
    internal string? Place { get; init; }

    /// <summary>Of one server of the cluster, by itself.</summary>
    internal ClickHouseSettings Of(string host, string place)
    {
        var parts = Parts();
        parts[HostKey] = host;
        parts.Remove(ClusterKey);
        return this with { ConnectionString = parts.ConnectionString, Place = place };
    }

    /// <summary>As the driver takes it, for the first host.</summary>
    /// <exception cref="ArgumentException">The connection string is none.</exception>
    internal ClickHouseClientSettings Driver() => Driver(Hosts.Count > 0 ? Hosts[0] : "");

    /// <inheritdoc cref="Driver()"/>
    internal ClickHouseClientSettings Driver(string host)
    {
        var parts = Parts();
        parts[HostKey] = host;
        parts.Remove(ClusterKey);
        return new(parts.ConnectionString) { UseFormDataParameters = true };
    }

    private DbConnectionStringBuilder Parts()
    {
        var parts = new DbConnectionStringBuilder { ConnectionString = ConnectionString };
        if (!parts.ContainsKey("Database"))
            parts["Database"] = UsualDatabase;
        return parts;
    }

    /// <summary>Bytes that a sort may take before it goes to the server's disk.</summary>
    internal long SortBytes => ((long)QueryMegabytes << 20) * 60 / WholePercent;
}
