using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using ClickHouse.Driver;
using ClickHouse.Driver.ADO;
using ClickHouse.Driver.ADO.Parameters;
using UserReports.Store.ClickHouse.Dialect;
using UserReports.Store.ClickHouse.Tables;
using UserReports.Store.Sql;

namespace UserReports.Store.ClickHouse.Servers;

/// <summary>The server: statements with their values, rows that come, rows that go. Of several servers the next is
/// tried where one does not answer.</summary>
/// <remarks>Every member throws the family of <see cref="StoreException"/>.</remarks>
internal sealed class ClickHouseServer : IDisposable
{
    /// <summary>Connections are renewed so often, so that a name that moved is found anew.</summary>
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    private readonly HttpClient http;
    private readonly IReadOnlyList<HostClients> hosts;
    private readonly ConcurrentDictionary<string, ClickHouseServer> others = new(StringComparer.Ordinal);
    private readonly Cluster named;
    private int current;

    public ClickHouseServer(ClickHouseSettings settings)
        : this(settings, within: null) { }

    /// <param name="within">The cluster whose servers its messages name; null for its own.</param>
    private ClickHouseServer(ClickHouseSettings settings, Cluster? within)
    {
        Settings = settings;
        http = new(
            new SocketsHttpHandler
            {
                PooledConnectionLifetime = ConnectionLifetime,
                ConnectTimeout = ConnectTimeout,
                AutomaticDecompression = System.Net.DecompressionMethods.GZip | System.Net.DecompressionMethods.Deflate,
            }
        )
        {
            // What ends a statement is its own limit, or whoever asked.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        hosts = [.. settings.Hosts.Select(host => new HostClients(settings.Driver(host), http))];
        Cluster = new(this);
        named = within ?? Cluster;
    }

    public ClickHouseSettings Settings { get; }

    /// <summary>The servers on which the tables are.</summary>
    public Cluster Cluster { get; }

    /// <summary>One server of the cluster, by itself.</summary>
    /// <param name="place">What it is in the cluster, for people.</param>
    public ClickHouseServer At(string host, string place) =>
        others.GetOrAdd(
            host,
            static (name, of) => new ClickHouseServer(of.Settings.Of(name, of.place), of.Cluster),
            (Settings, place, Cluster)
        );

    /// <summary>All rows of a statement.</summary>
    public async Task<List<T>> RowsAsync<T>(
        SqlStatement statement,
        Func<DbDataReader, T> read,
        CancellationToken cancellationToken
    )
    {
        List<T> rows = [];
        await foreach (var row in StreamAsync(statement, read, isLimited: true, cancellationToken))
            rows.Add(row);
        return rows;
    }

    /// <summary>Rows of a statement while it runs; leaving off ends it.</summary>
    /// <param name="isLimited">Whether it may take no longer than one query may.</param>
    public async IAsyncEnumerable<T> StreamAsync<T>(
        SqlStatement statement,
        Func<DbDataReader, T> read,
        bool isLimited,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var reader = await DoAsync(
            host =>
                host.Texts.ExecuteReaderAsync(
                    statement.Text,
                    Parameters(statement.Values),
                    new QueryOptions { CustomSettings = QuerySettings.Reading(Settings, isLimited) },
                    cancellationToken
                ),
            ServerFault.IsOfTheWay,
            cancellationToken
        );
        while (await DoAsync(_ => Task.FromResult(reader.Read()), _ => false, cancellationToken))
            yield return read(reader);
    }

    /// <summary>Takes all rows of a statement, whose types are known.</summary>
    /// <param name="take">May be given rows again, where a server was lost amid its answer and another one is asked.
    /// </param>
    public Task TakeAsync(SqlStatement statement, TakeRow take, CancellationToken cancellationToken) =>
        DoAsync(
            async host =>
            {
                using var answer = await host.AskAsync(
                    statement.Text + " format RowBinary",
                    Parameters(statement.Values),
                    QuerySettings.Reading(Settings, isLimited: true),
                    cancellationToken
                );
                await using var stream = await answer.ReadAsStreamAsync();
                await RowStream.TakeAsync(stream, take, cancellationToken);
                return true;
            },
            ServerFault.IsOfTheWay,
            cancellationToken
        );

    /// <summary>Executes a statement that gives nothing.</summary>
    public Task ExecuteAsync(string sql, CancellationToken cancellationToken) =>
        DoAsync(
            host =>
                host.Texts.ExecuteNonQueryAsync(
                    sql,
                    null,
                    new QueryOptions { CustomSettings = QuerySettings.Writing(Cluster.Known) },
                    cancellationToken
                ),
            ServerFault.IsBeforeTheStatement,
            cancellationToken
        );

    /// <summary>Writes rows of all columns of a table.</summary>
    /// <param name="table">As it stands behind "insert into".</param>
    /// <param name="queryId">By which it can be ended.</param>
    public Task InsertAsync(
        string table,
        IReadOnlyList<ReadOnlyMemory<byte>> rows,
        string queryId,
        CancellationToken cancellationToken
    ) =>
        DoAsync(
            async host =>
            {
                using var response = await host.Texts.PostStreamAsync(
                    $"insert into {table} format RowBinary",
                    async (stream, token) =>
                    {
                        foreach (var some in rows)
                            await stream.WriteAsync(some, token);
                    },
                    isCompressed: false,
                    cancellationToken,
                    new QueryOptions { QueryId = queryId, CustomSettings = QuerySettings.Writing(Cluster.Known) }
                );
                return true;
            },
            ServerFault.IsBeforeTheStatement,
            cancellationToken
        );

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var host in hosts)
            host.Dispose();
        foreach (var other in others.Values)
            other.Dispose();
        http.Dispose();
    }

    private static ClickHouseParameterCollection Parameters(IReadOnlyList<object> values)
    {
        var parameters = new ClickHouseParameterCollection();
        for (var i = 0; i < values.Count; i++)
        {
            parameters.Add(
                new ClickHouseDbParameter
                {
                    ParameterName = "p" + (i + 1).ToString(CultureInfo.InvariantCulture),
                    ClickHouseType = ClickHouseDialect.TypeOf(values[i]),
                    Value = values[i],
                }
            );
        }

        return parameters;
    }

    /// <param name="mayGoOn">Whether another server may be asked for the same after such an error.</param>
    private async Task<T> DoAsync<T>(
        Func<HostClients, Task<T>> work,
        Func<Exception, bool> mayGoOn,
        CancellationToken cancellationToken
    )
    {
        var first = Volatile.Read(ref current);
        for (var tried = 0; ; tried++)
        {
            var at = (first + tried) % hosts.Count;
            try
            {
                var done = await work(hosts[at]);
                // Whoever asks next begins with a server that answered.
                if (tried > 0)
                    Volatile.Write(ref current, at);
                return done;
            }
            catch (Exception e) when (cancellationToken.IsCancellationRequested && e is not StoreException)
            {
                throw new OperationCanceledException(e.Message, e, cancellationToken);
            }
            catch (Exception e) when (tried + 1 < hosts.Count && mayGoOn(e))
            {
                // The next one may answer.
            }
            catch (Exception e) when (ServerFault.Is(e))
            {
                throw ServerFault.Of(e, Settings, named.Known);
            }
        }
    }

    /// <summary>What talks to one server.</summary>
    private sealed class HostClients : IDisposable
    {
        private readonly ClickHouseConnection connection;

        public HostClients(ClickHouseClientSettings settings, HttpClient http)
        {
            var driver = new ClickHouseClientSettings(settings)
            {
                HttpClient = http,
                UseCompression = false,
                UseSession = false,
            };
            Texts = new(driver);
            connection = new(driver);
        }

        public ClickHouseClient Texts { get; }

        /// <summary>What comes is read by whoever asks.</summary>
        public async Task<ClickHouseRawResult> AskAsync(
            string sql,
            ClickHouseParameterCollection parameters,
            IDictionary<string, object> settings,
            CancellationToken cancellationToken
        )
        {
            await using var command = connection.CreateCommand();
            command.CommandText = sql;
            foreach (ClickHouseDbParameter parameter in parameters)
                command.Parameters.Add(parameter);
            foreach (var (name, value) in settings)
                command.CustomSettings[name] = value;
            return await command.ExecuteRawResultAsync(cancellationToken);
        }

        public void Dispose()
        {
            Texts.Dispose();
            connection.Dispose();
        }
    }
}
