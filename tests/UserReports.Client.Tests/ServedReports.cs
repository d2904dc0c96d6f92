using UserReports.Server.Tests;
using UserReports.Testing;

namespace UserReports.Client.Tests;

/// <summary>One service for the tests of a class: no report changes in them.</summary>
public sealed class ServedReports : IAsyncLifetime
{
    public const int Accounts = 40;

    /// <summary>The running service.</summary>
    public RunningServer Server { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => Server = await RunningServer.StartAsync(SampleReports.Make(Accounts));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
