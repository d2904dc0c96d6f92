using System.Buffers;
using Npgsql;
using UserReports.Bench.Databases;
using UserReports.Bench.Results;

namespace UserReports.Bench.Floor;

/// <summary>How long the sources take to give what a full pass needs, to nobody: no refresh can be faster.</summary>
public static class ReadFloor
{
    /// <summary>Of which the median counts.</summary>
    private const int Readings = 3;

    private static readonly string[] Platform =
    [
        "select id, username, first_name, last_name, email, is_superuser, is_staff, is_active, date_joined, last_login "
            + "from auth_user",
        "select user_id, uid, data, private_data ? 'last_tos_accept_time', date_removal_requested, date_removed, "
            + "password_date_changed, validated_password, last_project_activity from hub_extrauserdetail",
        "select user_id from account_emailaddress where verified and \"primary\"",
        "select user_id from accounts_mfa_mfamethodswrapper where is_active",
        "select id, user_id, provider, uid from socialaccount_socialaccount",
        "select id, name, website from organizations_organization",
        "select id, user_id, organization_id, is_admin from organizations_organizationuser",
        "select organization_id, organization_user_id from organizations_organizationowner",
        "select owner_id, _deployment_status from kpi_asset where not pending_delete",
        "select user_id, date, total_asr_seconds, total_mt_characters, total_llm_requests "
            + "from trackers_nlpusagecounter",
        "select id, subscriber_id from djstripe_customer",
        "select * from djstripe_subscription",
        "select id, subscription_id, price_id, quantity from djstripe_subscriptionitem",
        "select organization_id, usage_limits, charge_id from stripe_planaddon",
    ];

    private static readonly string[] Usage =
    [
        "select user_id, attachment_storage_bytes, submissions_suspended from main_userprofile",
        "select user_id, date, counter from logger_dailyxformsubmissioncounter",
    ];

    public static async Task<IReadOnlyList<Measurement>> RunAsync(
        BenchDatabases databases,
        CancellationToken cancellationToken
    )
    {
        List<IReadOnlyList<Measurement>> readings = [];
        while (readings.Count < Readings)
        {
            var platform = await Timing.OnceAsync(
                "read floor",
                "platform database (MB as rows)",
                () => CopyAsync(databases.Platform, Platform, cancellationToken)
            );
            var usage = await Timing.OnceAsync(
                "read floor",
                "usage database (MB as rows)",
                () => CopyAsync(databases.Usage, Usage, cancellationToken)
            );
            readings.Add([platform, usage, new("read floor", "R: both", "s", platform.Value + usage.Value)]);
        }

        return readings.OrderBy(reading => reading[^1].Value).ElementAt(Readings / 2);
    }

    /// <summary>Megabytes read.</summary>
    private static async Task<long?> CopyAsync(
        string connectionString,
        string[] queries,
        CancellationToken cancellationToken
    )
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        var buffer = ArrayPool<char>.Shared.Rent(1 << 20);
        var characters = 0L;
        foreach (var query in queries)
        {
            using var copy = await connection.BeginTextExportAsync($"copy ({query}) to stdout", cancellationToken);
            for (int read; (read = await copy.ReadAsync(buffer, cancellationToken)) > 0; )
                characters += read;
        }

        ArrayPool<char>.Shared.Return(buffer);
        return characters >> 20;
    }
}
