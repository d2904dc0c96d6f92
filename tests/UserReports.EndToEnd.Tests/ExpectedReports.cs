using System.Globalization;
using System.Text.Json;
using Npgsql;

namespace UserReports.EndToEnd.Tests;

/// <summary>Computes every report by SQL of its own, from nothing but the source databases.</summary>
internal static class ExpectedReports
{
    /// <summary>The expected documents by account and organisation.</summary>
    public static async Task<Dictionary<RowKey, JsonElement>> ComputeAsync(
        PlatformDatabases databases,
        DateTimeOffset now,
        int retentionDays,
        CancellationToken cancellationToken
    )
    {
        await using var platform = new NpgsqlConnection(databases.Platform);
        await platform.OpenAsync(cancellationToken);
        await CopyUsageAsync(databases.Usage, platform, cancellationToken);
        var instant = now.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        var hasColumns = await HasStripeColumnsAsync(platform, cancellationToken);
        var sql = (SqlFile.Read(hasColumns ? "columns.sql" : "stripe-data.sql") + SqlFile.Read("report.sql"))
            .Replace("$now", instant, StringComparison.Ordinal)
            .Replace("$retention", retentionDays.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        await ExecuteAsync(platform, sql, cancellationToken);

        var expected = new Dictionary<RowKey, JsonElement>();
        await using var command = new NpgsqlCommand("select document::text from expected", platform);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var document = JsonElement.Parse(reader.GetString(0));
            expected.Add(RowKey.Of(document), document);
        }

        return expected;
    }

    /// <summary>False for tables of dj-stripe 2.10 or later.</summary>
    private static async Task<bool> HasStripeColumnsAsync(
        NpgsqlConnection platform,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(
            "select exists (select from pg_attribute where attrelid = 'djstripe_subscription'::regclass and attname = 'status')",
            platform
        );
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Brings the usage database's rows into temporary tables beside the platform's.</summary>
    private static async Task CopyUsageAsync(
        string usageDatabase,
        NpgsqlConnection platform,
        CancellationToken cancellationToken
    )
    {
        await using var usage = new NpgsqlConnection(usageDatabase);
        await usage.OpenAsync(cancellationToken);
        await ExecuteAsync(
            platform,
            "create temp table stored_bytes (user_id int, bytes bigint, suspended bool);"
                + "create temp table submissions (user_id int, day date, count int);",
            cancellationToken
        );
        await CopyAsync(
            "select user_id, attachment_storage_bytes, submissions_suspended from main_userprofile",
            "stored_bytes"
        );
        await CopyAsync("select user_id, date, counter from logger_dailyxformsubmissioncounter", "submissions");

        async Task CopyAsync(string query, string table)
        {
            using var rows = await usage.BeginTextExportAsync($"copy ({query}) to stdout", cancellationToken);
            await using var target = await platform.BeginTextImportAsync($"copy {table} from stdin", cancellationToken);
            await target.WriteAsync(await rows.ReadToEndAsync(cancellationToken));
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 300 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
