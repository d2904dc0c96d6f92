using UserReports.Store.ClickHouse.Dialect;
using UserReports.Store.ClickHouse.Servers;
using UserReports.Store.Shared;
using UserReports.Store.Sql;

namespace UserReports.Store.ClickHouse.Tables;

/// <summary>The tables of one generation.</summary>
/// <remarks>
/// <para>Reports are sorted by account and organisation. A row carries the claim under which it was written, and the
/// change that brought it: 0 is what the run wrote. Documents stand apart, in small granules, in the order in which
/// lists and exports come if nobody asks for another.</para>
/// <para>What a change replaces is named by account in a table of its own; nothing is ever deleted or rewritten, so
/// that a reader of an earlier change still finds all that it had.</para>
/// </remarks>
internal sealed class ReportTables
{
    public const string Claim = "claim";
    public const string Change = "change";

    /// <summary>Texts that people ask for in full.</summary>
    private static readonly string[] Exact =
    [
        "user_uid",
        "username",
        "username__folded",
        "email",
        "email__folded",
        "organization__uid",
    ];

    private readonly string name;
    private readonly ClusterShape shape;
    private readonly string database;

    private ReportTables(string name, string prefix, ClickHouseSettings settings, ClusterShape shape)
    {
        Generation = name;
        this.name = name + shape.Suffix;
        this.shape = shape;
        database = settings.Database;
        Reports = $"{prefix}reports_{this.name}";
        Documents = $"{prefix}documents_{this.name}";
        Replaced = $"{prefix}replaced_{this.name}";
    }

    /// <summary>Its name in the ledger.</summary>
    public string Generation { get; }

    public string Reports { get; }

    public string Documents { get; }

    public string Replaced { get; }

    public IReadOnlyList<string> All => [Reports, Documents, Replaced];

    /// <summary>The documents of all changes, in place of a table.</summary>
    public SqlText AllDocuments => Everywhere(Documents);

    /// <summary>While a generation is built.</summary>
    public static ReportTables Building(string generation, ClickHouseSettings settings, ClusterShape shape) =>
        new(generation, "building_", settings, shape);

    /// <summary>Once nobody may write its ranges any more.</summary>
    public static ReportTables Complete(string generation, ClickHouseSettings settings, ClusterShape shape) =>
        new(generation, "", settings, shape);

    /// <summary>How a row's organisation is called among documents, where none is a text too.</summary>
    public static string OrganizationKey(string? organizationId) => organizationId is null ? "" : "." + organizationId;

    /// <summary>The statements that make the tables, if they are not there.</summary>
    public IEnumerable<string> Create()
    {
        var on = shape.Behind;
        var columns = ReportColumns.All.Select(column => $"{Quote(column.Name)} {column.Type}");
        var indexes = Exact.Select(column =>
            $"index {column}_exact {Quote(column)} type bloom_filter(0.01) granularity 1"
        );
        yield return $"create table if not exists {Reports}{on} ({Claim} Int64, {Change} Int64, {string.Join(", ", columns.Concat(indexes))}) "
            + $"engine = {Engine("reports")} order by (user_id, organization_id) settings allow_nullable_key = 1";
        yield return $"create table if not exists {Documents}{on} ({Claim} Int64, {Change} Int64, username String, user_id Int64, organization String, document String codec(ZSTD(1))) "
            + $"engine = {Engine("documents")} order by (username, user_id, organization, change) "
            + "settings index_granularity = 32, min_compress_block_size = 16384, max_compress_block_size = 65536";
        yield return $"create table if not exists {Replaced}{on} (user_id Int64, {Change} Int64) "
            + $"engine = {Engine("replaced")} order by (user_id, change)";
    }

    /// <summary>A table as one writes to it: rows go to the shard of their account.</summary>
    public string Target(string table) =>
        shape.Name is null ? table : $"function cluster({SqlText.Name(shape.Name)}, {Full(table)}, intHash64(user_id))";

    /// <summary>Claims of what the run wrote to a table, on all replicas: of an attempt that failed some may have
    /// it.</summary>
    public SqlText Claims(string table)
    {
        var written = SqlText.Of($"select distinct claim from {Full(table)} where change = 0");
        if (shape.Name is null)
            return written;
        var cluster = SqlText.Name(shape.Name);
        return SqlText.Of($"select distinct claim from clusterAllReplicas({cluster}, view({written}))");
    }

    /// <summary>How the rows of a generation as they are now are asked for.</summary>
    /// <remarks>All rows of an account are on one shard, so that each can decide by itself which of its rows are
    /// replaced: the table of that is its own.</remarks>
    public ClickHouseDialect Dialect(SharedGeneration generation)
    {
        // Rows of a change that nobody may read yet stand in the same table.
        if (generation.Change == 0)
            return ClickHouseDialect.Of(Everywhere(Reports), SqlText.Constant("change = 0"));
        var replaced = Full(Replaced);
        var readable = SqlText.Of($"change <= {generation.Change}");
        if (generation.GivenUp.Count > 0)
            readable = SqlText.Of($"{readable} and change not in ({SqlText.Values(generation.GivenUp)})");
        return ClickHouseDialect.Of(
            Everywhere(Reports),
            SqlText.Of(
                $"((change = 0 and user_id not in (select user_id from {replaced} where {readable})) or (change > 0 and (user_id, change) in (select user_id, max(change) from {replaced} where {readable} group by user_id)))"
            )
        );
    }

    /// <summary>A table as it is on each shard, which all work out what is asked of it.</summary>
    private SqlText Everywhere(string table) =>
        shape.Name is null ? Full(table) : SqlText.Of($"cluster({SqlText.Name(shape.Name)}, {Full(table)})");

    /// <summary>Other servers have another database in mind where none is named.</summary>
    private SqlText Full(string table) =>
        shape.Name is null ? SqlText.Name(table) : SqlText.Of($"{SqlText.Name(database)}.{SqlText.Name(table)}");

    /// <summary>Replicas find each other by a name that stays when the table's changes.</summary>
    private string Engine(string kind) =>
        shape.IsReplicated
            ? $"ReplicatedMergeTree('/clickhouse/tables/{{shard}}/{database}/{kind}_{name}', '{{replica}}')"
            : "MergeTree";

    private static string Quote(string column) => $"\"{column}\"";

    /// <inheritdoc/>
    public override string ToString() => Generation;
}
