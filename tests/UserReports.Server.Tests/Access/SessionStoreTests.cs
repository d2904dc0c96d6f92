using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using UserReports.Server.Access.Sessions;
using UserReports.Testing;

namespace UserReports.Server.Tests.Access;

/// <summary>The file that sessions are kept in.</summary>
public sealed class SessionStoreTests : IDisposable
{
    private static readonly TimeSpan IdleMax = TimeSpan.FromHours(13);

    private readonly FakeTimeProvider time = new(SampleReports.Now);
    private readonly string folder = Directory.CreateTempSubdirectory("user-reports-sessions-").FullName;

    private string FilePath => Path.Combine(folder, "sessions.json");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Sessions_AfterARestart_AreWhatTheyWere()
    {
        using (var before = Open())
        {
            before.Begin(Session("a", 1));
            before.Begin(Session("b", 1));
            before.Begin(Session("c", 2));
            Assert.True(before.End(1, "a"));
            time.Advance(TimeSpan.FromMinutes(5));
            before.Touch("b", "192.0.2.9");
        }

        using var after = Open();
        Assert.False(after.IsOpen("a"));
        Assert.True(after.IsOpen("c"));
        var kept = Assert.Single(after.Of(1));
        Assert.Equal(("b", time.GetUtcNow(), "192.0.2.9"), (kept.Id, kept.LastUsedAt, kept.LastUsedFrom));
        Assert.Equal("192.0.2.1", kept.StartedFrom);
    }

    [Fact]
    public void Session_OfSomebodyElse_IsNotEnded()
    {
        using var sessions = Open();
        sessions.Begin(Session("a", 1));
        Assert.False(sessions.End(2, "a"));
        Assert.Equal(0, sessions.EndAll(2, null));
        Assert.True(sessions.IsOpen("a"));
    }

    [Fact]
    public void Sessions_EndedAllButOne_LeaveThatOne()
    {
        using var sessions = Open();
        foreach (var id in new[] { "a", "b", "c" })
            sessions.Begin(Session(id, 1));
        Assert.Equal(2, sessions.EndAll(1, "b"));
        Assert.Equal("b", Assert.Single(sessions.Of(1)).Id);
        Assert.Equal(1, sessions.EndAll(1, null));
        Assert.Empty(sessions.Of(1));
    }

    [Fact]
    public void Session_AfterItsEnd_IsNeitherOpenNorListed()
    {
        using var sessions = Open();
        sessions.Begin(Session("a", 1));
        time.Advance(TimeSpan.FromHours(12));
        Assert.False(sessions.IsOpen("a"));
        Assert.Empty(sessions.Of(1));
    }

    [Fact]
    public void Session_ThatIsUsed_OutlivesOneThatIsNot()
    {
        using var sessions = new FileSessions(folder, TimeSpan.FromHours(2), time, NullLogger<FileSessions>.Instance);
        sessions.Begin(Session("used", 1));
        sessions.Begin(Session("unused", 1));
        time.Advance(TimeSpan.FromMinutes(90));
        sessions.Touch("used", "192.0.2.1");
        time.Advance(TimeSpan.FromMinutes(30));
        // Too late.
        sessions.Touch("unused", "192.0.2.1");
        Assert.Equal("used", Assert.Single(sessions.Of(1)).Id);
        Assert.Equal((true, false), (sessions.IsOpen("used"), sessions.IsOpen("unused")));
    }

    [Fact]
    public void Sessions_OfOneAccount_AreBounded()
    {
        using var sessions = Open();
        for (var i = 0; i < OpenSessions.AccountMax + 5; i++)
        {
            sessions.Begin(Session(i.ToString(CultureInfo.InvariantCulture), 1));
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(OpenSessions.AccountMax, sessions.Of(1).Count);
        Assert.False(sessions.IsOpen("4"));
        Assert.True(sessions.IsOpen("5"));
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", false)]
    [InlineData("192.0.2.1", "192.0.2.2", true)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", false)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:2::1", true)]
    [InlineData("192.0.2.1", null, true)]
    public void Address_IsNew_UnlessItsNetworkSignedInBefore(string first, string? then, bool isNew)
    {
        using (var sessions = Open())
        {
            Assert.True(sessions.IsNewAddress(1, first));
            sessions.Begin(Session("a", 1) with { StartedFrom = first });
            sessions.EndAll(1, null);
        }

        using var after = Open();
        Assert.Equal(isNew, after.IsNewAddress(1, then));
        Assert.True(after.IsNewAddress(2, first));
    }

    [Fact]
    public void Addresses_OfOneAccount_AreTheLatest()
    {
        using var sessions = Open();
        for (var i = 0; i <= OpenSessions.AddressesMax; i++)
            sessions.Begin(
                Session("a", 1) with
                {
                    StartedFrom = string.Create(CultureInfo.InvariantCulture, $"192.0.2.{i}"),
                }
            );
        Assert.True(sessions.IsNewAddress(1, "192.0.2.0"));
        Assert.False(sessions.IsNewAddress(1, "192.0.2.1"));
    }

    [Fact]
    public void File_ThatCannotBeRead_IsSetAsideAndEverybodySignsInAgain()
    {
        File.WriteAllText(FilePath, "{\"sessions\":[{");
        using var sessions = Open();
        Assert.False(sessions.IsOpen("a"));
        Assert.Single(Directory.GetFiles(folder, "sessions.json.*.damaged"));
        sessions.Begin(Session("a", 1));
        Assert.True(sessions.IsOpen("a"));
    }

    [Fact]
    public void File_ThatCannotBeWritten_OpensNothingAndEndsAllTheSame()
    {
        using var sessions = Open();
        sessions.Begin(Session("a", 1));
        // A folder where the temporary file belongs.
        Directory.CreateDirectory(FilePath + ".new");
        Assert.Throws<SessionStoreException>(() => sessions.Begin(Session("b", 1)));
        Assert.False(sessions.IsOpen("b"));
        time.Advance(TimeSpan.FromMinutes(2));
        sessions.Touch("a", "192.0.2.9");
        Assert.True(sessions.IsOpen("a"));
        Assert.Throws<SessionStoreException>(() => sessions.End(1, "a"));
        Assert.False(sessions.IsOpen("a"));
        Directory.Delete(FilePath + ".new");
    }

    [Fact]
    public void File_OfSessions_HoldsNothingThatACookieIsMadeOf()
    {
        using var sessions = Open();
        sessions.Begin(Session("0123abcd", 1));
        Assert.Equal(
            ["id", "account_id", "started_at", "started_from", "browser", "last_used_at", "last_used_from", "end"],
            System
                .Text.Json.JsonDocument.Parse(File.ReadAllText(FilePath))
                .RootElement.GetProperty("sessions")[0]
                .EnumerateObject()
                .Select(member => member.Name)
        );
    }

    private FileSessions Open() => new(folder, IdleMax, time, NullLogger<FileSessions>.Instance);

    private Session Session(string id, long account) =>
        new(
            id,
            account,
            time.GetUtcNow(),
            "192.0.2.1",
            "a browser",
            time.GetUtcNow(),
            "192.0.2.1",
            time.GetUtcNow().AddHours(12)
        );
}
