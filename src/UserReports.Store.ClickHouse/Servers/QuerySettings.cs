using System.Globalization;

namespace UserReports.Store.ClickHouse.Servers;

/// <summary>What the server is told with each statement.</summary>
internal static class QuerySettings
{
    /// <summary>How long a client may take to fetch what it asked for, seconds.</summary>
    private const int SendSeconds = 3600;

    /// <summary>Of a statement that reads.</summary>
    /// <param name="isLimited">Whether it may take no longer than one query may.</param>
    public static Dictionary<string, object> Reading(ClickHouseSettings settings, bool isLimited)
    {
        var told = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            // A statement ends with the request that asked for it; the server does that for what cannot write.
            ["readonly"] = 2,
            ["cancel_http_readonly_queries_on_client_close"] = 1,
            // As SQL has it: null where there is no value.
            ["join_use_nulls"] = 1,
            ["transform_null_in"] = 0,
            ["max_memory_usage"] = (long)settings.QueryMegabytes << 20,
            ["max_bytes_before_external_sort"] = settings.SortBytes,
            ["max_bytes_before_external_group_by"] = settings.SortBytes,
            ["max_query_size"] = 8 << 20,
            ["max_ast_elements"] = 1_000_000,
            ["max_expanded_ast_elements"] = 5_000_000,
            ["http_send_timeout"] = SendSeconds,
        };
        if (settings.Cluster is not null)
        {
            // All of the rows or none.
            told["skip_unavailable_shards"] = 0;
        }

        if (isLimited)
            told["max_execution_time"] = settings.QueryTime.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        return told;
    }

    /// <summary>Of a statement that writes: it is done when it has been answered.</summary>
    /// <param name="shape">The servers that are written to, as far as they are known.</param>
    public static Dictionary<string, object> Writing(ClusterShape? shape)
    {
        var told = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["async_insert"] = 0,
            ["mutations_sync"] = 2,
            ["lightweight_deletes_sync"] = 2,
            ["max_query_size"] = 8 << 20,
        };
        if (shape?.Name is not null)
        {
            // Rows are where they belong when the statement ends, not on their way.
            told["distributed_foreground_insert"] = 1;
            told["distributed_ddl_output_mode"] = "throw";
        }

        if (shape is { IsReplicated: true })
            told["insert_quorum"] = shape.Quorum;
        return told;
    }
}
