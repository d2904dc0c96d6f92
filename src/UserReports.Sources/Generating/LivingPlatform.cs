using System.Globalization;
using DuckDB.NET.Data;
using UserReports.Sources.Connections;

namespace UserReports.Sources.Generating;

/// <summary>
/// An embedded platform whose people go on working: they sign in, submit, store, and use the language services.
/// </summary>
/// <remarks>Open in the process that reads the same files: an embedded database belongs to one process.</remarks>
public sealed class LivingPlatform : IDisposable
{
    private const int AccountsPerBeat = 20;

    private readonly DuckDBConnection platform;
    private readonly DuckDBConnection usage;
    private readonly TimeProvider time;
    private readonly Random chance = new();
    private readonly int accounts;

    /// <summary>Opens both databases.</summary>
    /// <exception cref="SourceException">A database is not embedded: nothing else is ever written to.</exception>
    public LivingPlatform(string platform, string usage, TimeProvider time)
    {
        this.platform = Open(platform);
        this.usage = Open(usage);
        this.time = time;
        using var count = this.platform.CreateCommand();
        count.CommandText = "select max(id) from auth_user";
        accounts = Convert.ToInt32(count.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    /// <summary>What happens within about a second.</summary>
    public Task LiveAsync(CancellationToken cancellationToken) =>
        Task.Run(
            () =>
            {
                var now = time.GetUtcNow().UtcDateTime;
                var today = DateOnly.FromDateTime(now);
                for (var i = 0; i < AccountsPerBeat && !cancellationToken.IsCancellationRequested; i++)
                {
                    // The square makes few accounts busy and most quiet.
                    var account = 1 + (int)(accounts * Math.Pow(chance.NextDouble(), 2));
                    Execute(
                        usage,
                        "insert into logger_dailyxformsubmissioncounter values ($1, $2, $3, 1)",
                        account,
                        today,
                        chance.Next(1, 50)
                    );
                    Execute(
                        usage,
                        """
                        update main_userprofile set attachment_storage_bytes = attachment_storage_bytes + $2
                        where user_id = $1
                        """,
                        account,
                        (long)chance.Next(1, 5_000_000)
                    );
                    if (i % 5 == 0)
                        Execute(platform, "update auth_user set last_login = $2 where id = $1", account, now);
                }
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public void Dispose()
    {
        platform.Dispose();
        usage.Dispose();
    }

    private static DuckDBConnection Open(string connectionString)
    {
        var path =
            SourceDatabase.EmbeddedPath(connectionString)
            ?? throw new SourceException(
                "Only an embedded platform can be kept alive; PostgreSQL sources are never written to."
            );
        var connection = new DuckDBConnection($"Data Source={path}");
        connection.Open();
        return connection;
    }

    private static void Execute(DuckDBConnection connection, string sql, params ReadOnlySpan<object> values)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var value in values)
            command.Parameters.Add(new DuckDBParameter(value));
        command.ExecuteNonQuery();
    }
}
