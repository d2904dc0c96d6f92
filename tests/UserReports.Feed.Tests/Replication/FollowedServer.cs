using UserReports.Feed.Replication;

namespace UserReports.Feed.Tests.Replication;

/// <summary>A server with both databases, for the tests of a class that leave it in order.</summary>
public sealed class FollowedServer : IAsyncLifetime
{
    internal OwnServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await OwnServer.StartAsync();
        await FollowedDatabases.CreateAsync(Server);
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    internal ReplicationSettings Settings(string database) => FollowedDatabases.Settings(Server, database);

    internal Task<FeedReader> FollowAsync(string database) => FeedReader.StartAsync(Settings(database));
}
