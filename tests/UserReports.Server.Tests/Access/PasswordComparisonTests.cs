using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using UserReports.Server.Access.Passwords;

namespace UserReports.Server.Tests.Access;

/// <summary>
/// What the platform holds of an account never decides whether a comparison is made, nor of what cost.
/// </summary>
public sealed class PasswordComparisonTests
{
    /// <summary>That of every hash that these tests' platform has.</summary>
    private const string UsualCost = "pbkdf2_sha256$1000";

    private static readonly string[] Odd =
    [
        "",
        "!",
        "!unusable0123456789",
        "md5$salt$0123456789abcdef",
        "plain text",
        "5f4dcc3b5aa765d61d8327deb882cf99",
        "pbkdf2_sha256",
        "pbkdf2_sha256$$$",
        "pbkdf2_sha256$-1$salt$AAAA",
        "pbkdf2_sha256$1000$salt$not base64",
        "pbkdf2_sha256$1000$salt$",
        "argon2$argon2id$v=16$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA",
        "argon2$argon2id$v=19$m=999999999,t=1,p=1$c2FsdHNhbHQ$aGFzaA",
        "argon2$argon2id$v=19$m=8",
        "bcrypt_sha256$short",
        "bcrypt_sha256$$2b$04$short",
        "scrypt$3$salt$8$1$AAAA",
        "scrypt$1048576$salt$1024$1$AAAA",
    ];

    [Fact]
    public async Task SignIn_WhateverTheHashIs_CostsOneUsualComparison()
    {
        await using var server = await RunningServer.StartAsync(
            [],
            ("Access:FailuresPerAddress", "1000"),
            ("Access:FailuresPerAccount", "1000")
        );
        using var counted = new Counted(server.Services);
        await AskAsync(server, People.Superuser, HttpStatusCode.OK);
        Assert.Equal([UsualCost], counted.Take());

        foreach (var hash in Odd)
        {
            server.ChangePlatform($"update auth_user set password = '{hash}' where id = {People.Ordinary.Id}");
            await AskAsync(server, People.Ordinary, HttpStatusCode.Unauthorized);
            Assert.Equal([UsualCost], counted.Take());
        }

        // Nor has any of them become what unknown names are compared with.
        for (var i = 0; i < 20; i++)
            await AskAsync(server, new(0, $"nobody{i}", false), HttpStatusCode.Unauthorized);
        await AskAsync(server, People.Inactive, HttpStatusCode.Unauthorized);
        Assert.Equal(Enumerable.Repeat(UsualCost, 21), counted.Take());
    }

    [Fact]
    public async Task Log_OfAHashThatIsNone_DoesNotQuoteIt()
    {
        await using var server = await RunningServer.StartAsync([]);
        server.ChangePlatform("update auth_user set password = 'stored as it is' where id = 102");

        await AskAsync(server, People.Ordinary, HttpStatusCode.Unauthorized);

        Assert.Contains(server.Log.All, line => line.Contains("of the algorithm 'none'", StringComparison.Ordinal));
        Assert.DoesNotContain(server.Log.All, line => line.Contains("stored as it is", StringComparison.Ordinal));
    }

    private static async Task AskAsync(RunningServer server, Person person, HttpStatusCode expected)
    {
        using var answer = await server.GetAsync(RunningServer.Root, person.BasicHeader);
        Assert.Equal(expected, answer.StatusCode);
    }

    /// <summary>The costs of the comparisons that one server made.</summary>
    private sealed class Counted : IDisposable
    {
        private readonly MeterListener listener = new();
        private readonly List<string> costs = [];

        public Counted(IServiceProvider services)
        {
            var ours = services.GetRequiredService<IMeterFactory>();
            listener.InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Meter.Name == PasswordComparisons.MeterName && instrument.Meter.Scope == ours)
                    l.EnableMeasurementEvents(instrument);
            };
            listener.SetMeasurementEventCallback<long>(
                (_, _, tags, _) =>
                {
                    lock (costs)
                        costs.Add((string)tags[0].Value!);
                }
            );
            listener.Start();
        }

        public List<string> Take()
        {
            lock (costs)
            {
                var taken = costs.ToList();
                costs.Clear();
                return taken;
            }
        }

        public void Dispose() => listener.Dispose();
    }
}
