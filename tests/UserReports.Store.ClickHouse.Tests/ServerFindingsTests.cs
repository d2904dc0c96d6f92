using UserReports.Store.ClickHouse.Examining;
using UserReports.Store.ClickHouse.Servers;
using UserReports.Store.ClickHouse.Tables;

namespace UserReports.Store.ClickHouse.Tests;

/// <summary>Misconfigurations that no server here can be brought into: one line each, which says what to do.</summary>
public sealed class ServerFindingsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    private static ClusterServer Server(int shard, int replica, bool replicates = true, int weight = 1) =>
        new(shard, replica, $"ch{shard}{replica}", 9000, $"10.0.{shard}.{replica}", weight, replicates);

    private static ServerAnswer Answer(ClusterServer one, string version = "26.3.1.2") =>
        new($"{one.Host}:8123", one, version)
        {
            Asked = Noon,
            Clock = Noon,
            Answered = Noon.AddMilliseconds(3),
            HasKeeper = true,
            Macros = [$"shard=s{one.Shard}", $"replica=r{one.Replica}"],
        };

    private static readonly ClusterShape Replicated = ClusterShape.Of("reports", [Server(1, 1), Server(1, 2)]);

    [Fact]
    public void Of_ServersThatAgree_IsALineForEachSubject()
    {
        var findings = ServerFindings.Of([Answer(Server(1, 1)), Answer(Server(1, 2))]);

        Assert.Equal(
            ["ClickHouse 26.3.1.2 on ch11:8123, ch12:8123", "agrees with this machine's"],
            findings.Select(finding => finding.Message)
        );
        Assert.Empty(ServerFindings.OfReplicas([Answer(Server(1, 1)), Answer(Server(1, 2))], Replicated));
    }

    [Theory]
    [InlineData("25.7.9.1")]
    [InlineData("24.12.1.1")]
    [InlineData("unknown")]
    public void Of_OneServerIsOld_NamesIt(string version) =>
        Assert.Equal(
            $"ClickHouse {version} on ch12:8123 is too old: install 25.8 or later",
            Assert
                .Single(
                    ServerFindings.Of([Answer(Server(1, 1)), Answer(Server(1, 2), version)]),
                    finding => !finding.IsGood
                )
                .Message
        );

    [Theory]
    [InlineData(-1.5, "is 1.5 seconds")]
    [InlineData(62.003, "is 62 seconds")]
    public void Of_AClockIsApart_SaysHowFar(double seconds, string said)
    {
        var late = Answer(Server(1, 1)) with { Clock = Noon.AddSeconds(seconds) };

        var finding = Assert.Single(ServerFindings.Of([late]), finding => !finding.IsGood);

        Assert.Equal($"{said} from this machine's on ch11:8123: let both keep the time of one source", finding.Message);
    }

    [Theory]
    [InlineData(-0.9)]
    [InlineData(1)]
    public void Of_AClockIsNextToRight_IsGood(double seconds) =>
        Assert.All(
            ServerFindings.Of([Answer(Server(1, 1)) with { Clock = Noon.AddSeconds(seconds) }]),
            finding => Assert.True(finding.IsGood)
        );

    [Fact]
    public void OfReplicas_TablesAreReadOnly_SaysSo()
    {
        var lost = Answer(Server(1, 1)) with { ReadOnly = ["reports_a", "documents_a"] };

        Assert.Equal(
            "ch11:8123 cannot write to 2 of its tables, reports_a among them, as it has lost its Keeper: see that Keeper answers it, and its table system.replicas",
            Assert.Single(ServerFindings.OfReplicas([lost], Replicated)).Message
        );
    }

    [Fact]
    public void OfReplicas_MacrosAreMissingOrTheSame_SaysSo()
    {
        var without = Answer(Server(1, 1)) with { Macros = ["shard=s1"] };
        Assert.Equal(
            "ch11:8123 has no macro replica: give it in <macros> of its configuration",
            Assert.Single(ServerFindings.OfReplicas([without, Answer(Server(1, 2))], Replicated)).Message
        );

        var same = Answer(Server(1, 2)) with { Macros = Answer(Server(1, 1)).Macros };
        Assert.Equal(
            "ch11:8123 and ch12:8123 have the same macros shard and replica: let each have its own",
            Assert.Single(ServerFindings.OfReplicas([Answer(Server(1, 1)), same], Replicated)).Message
        );
        Assert.Empty(
            ServerFindings.OfReplicas(
                [without],
                ClusterShape.Of("reports", [Server(1, 1, replicates: false), Server(1, 2, replicates: false)])
            )
        );
    }

    [Theory]
    [InlineData("reprots", "did you mean reports?")]
    [InlineData("warehouse", "it knows default, reports")]
    public void OfUnknown_Names_OffersThem(string name, string said) =>
        Assert.Equal(
            $"ch1:8123 knows no cluster {name}: {said}",
            ServerFindings.OfUnknown(name, "ch1:8123", ["default", "reports"]).Message
        );

    [Fact]
    public void FaultOf_ReplicasThatCannotCopy_SaysWhatToDo()
    {
        Assert.EndsWith(
            "set up ClickHouse Keeper, or set internal_replication to false",
            Replicated.FaultOf(hasKeeper: false),
            StringComparison.Ordinal
        );
        Assert.Null(Replicated.FaultOf(hasKeeper: true));
        Assert.Null(
            ClusterShape
                .Of(
                    "c",
                    [Server(1, 1, replicates: false), Server(1, 2, replicates: false), Server(2, 1, replicates: false)]
                )
                .FaultOf(hasKeeper: false)
        );
        Assert.Equal(
            "The shards of the cluster c differ in internal_replication: set it alike for all of them",
            ClusterShape
                .Of("c", [Server(1, 1), Server(1, 2), Server(2, 1, replicates: false), Server(2, 2, replicates: false)])
                .FaultOf(hasKeeper: true)
        );
        Assert.Equal(
            "The shards of the cluster c have different numbers of replicas: give all of them as many",
            ClusterShape.Of("c", [Server(1, 1), Server(1, 2), Server(2, 1)]).FaultOf(hasKeeper: true)
        );
    }

    /// <summary>Rows that were spread otherwise are in tables of another name.</summary>
    [Fact]
    public void Suffix_OfAnotherSpread_IsAnother()
    {
        var even = ClusterShape.Of("c", [Server(1, 1), Server(2, 1)]);
        var wider = ClusterShape.Of("c", [Server(1, 1), Server(2, 1), Server(3, 1)]);
        var uneven = ClusterShape.Of("c", [Server(1, 1), Server(2, 1, weight: 2)]);
        var otherwise = ClusterShape.Of("c", [Server(1, 1, weight: 2), Server(2, 1)]);

        Assert.Equal(("", "_of2", "_of3"), (ClusterShape.Single.Suffix, even.Suffix, wider.Suffix));
        Assert.Equal(4, new[] { even, wider, uneven, otherwise }.DistinctBy(shape => shape.Suffix).Count());
        // Replicas change nothing of it.
        Assert.Equal("_of2", ClusterShape.Of("c", [Server(1, 1), Server(1, 2), Server(2, 1), Server(2, 2)]).Suffix);
    }

    [Theory]
    [InlineData("Connection refused (ch11:9000)", "ch11:9000 (shard 1 of the cluster c)")]
    [InlineData("reset (peer: 10.0.2.1:9000)", "ch21:9000 (shard 2 of the cluster c)")]
    [InlineData("Connection refused (sch11:9000)", null)]
    [InlineData("Code: 210 (ch12:9000) Code: 210 (ch11:9000)", "ch11:9000, ch12:9000 (shard 1 of the cluster c)")]
    public void NamedIn_WhatAServerSays_IsTheServersAndTheirShard(string message, string? named) =>
        Assert.Equal(named, ClusterShape.Of("c", [Server(2, 1), Server(1, 2), Server(1, 1)]).NamedIn(message));

    /// <summary>No server here has a Keeper; so what would be said to one is looked at.</summary>
    [Fact]
    public void Create_ReplicasCopyFromEachOther_TellsTheClusterOnce()
    {
        var settings = new ClickHouseSettings("Host=ch1;Database=user_reports;Cluster=reports");

        var statements = ReportTables.Building("a1", settings, Replicated).Create().ToList();

        Assert.StartsWith(
            "create table if not exists building_reports_a1_of1 on cluster \"reports\" (claim Int64,",
            statements[0],
            StringComparison.Ordinal
        );
        Assert.Contains(
            "engine = ReplicatedMergeTree('/clickhouse/tables/{shard}/user_reports/reports_a1_of1', '{replica}')",
            statements[0],
            StringComparison.Ordinal
        );
        Assert.Equal(2, QuerySettings.Writing(Replicated)["insert_quorum"]);
        Assert.DoesNotContain("insert_quorum", QuerySettings.Writing(ClusterShape.Single).Keys);
    }
}
