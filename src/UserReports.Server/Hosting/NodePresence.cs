using System.Text.Json;
using System.Text.Json.Serialization;
using UserReports.Feed.Ledger;
using UserReports.Refresh;
using UserReports.Refresh.Following;
using UserReports.Refresh.OwnLimits;
using UserReports.Server.Audit;
using UserReports.Server.Configuration;
using UserReports.Workspace;
using UserReports.Workspace.Leading;
using UserReports.Workspace.Nodes;

namespace UserReports.Server.Hosting;

/// <summary>Tells the other nodes of this one every few seconds, and knows what they tell.</summary>
/// <remarks>A node that may not be beside the others does not start.</remarks>
internal sealed class NodePresence(
    AuditNode identity,
    KnownNodes nodes,
    WorkspaceDatabase workspace,
    Follower follower,
    RefreshEngine engine,
    CurrentLimits limits,
    ServerSettings settings,
    AuditSettings audit,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<NodePresence> logger
) : BackgroundService
{
    private bool hasJoined;
    private string? trouble;
    private volatile Sight? seen;

    private Leadership Leadership => workspace.Leadership;

    /// <summary>How the sources are followed: by this node, or by the one that leads.</summary>
    public FollowState Follow =>
        Leadership.IsLeading || seen is not { Following: { } told, Leader: { } leader } sight
            ? follower.State
            : NodeFollowing.After(told, leader.SeenAgo + time.GetElapsedTime(sight.At));

    /// <summary>Whether this node may work on a run that another one leads: both compute the same.</summary>
    public bool MayJoinRuns =>
        !Leadership.IsLeading
        && seen?.Leader is { IsLive: true, Told: var leader }
        && Told() is var own
        && (own.Version, own.RulesDigest, own.LimitsDigest)
            == (leader.Version, leader.RulesDigest, leader.LimitsDigest);

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await JoinAsync(cancellationToken);
        }
        catch (LedgerException e)
        {
            // As without it at any other time: what needs no workspace works, and it is tried again.
            Tell(e);
        }

        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (!hasJoined)
            return;
        try
        {
            await nodes.LeaveAsync(identity.Id, cancellationToken);
        }
        catch (Exception e) when (e is LedgerException or OperationCanceledException)
        {
            // The others miss its heartbeats.
        }
    }

    /// <summary>Tells of this node, and looks at the others.</summary>
    /// <exception cref="LedgerException">The workspace cannot be used.</exception>
    /// <exception cref="NodeRefusedException">Others are at work with which this one cannot be.</exception>
    public async Task BeatAsync(CancellationToken cancellationToken)
    {
        if (hasJoined)
            await nodes.BeatAsync(Told(), cancellationToken);
        else
            await JoinAsync(cancellationToken);
        var all = await nodes.AllAsync(cancellationToken);
        var leader = all.Where(node => node.Told.Following is not null).MaxBy(node => node.SeenAt);
        seen = new(leader, leader is null ? null : NodeFollowing.Read(leader.Told.Following!), time.GetTimestamp());
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await nodes.ForgetAsync(TimeSpan.FromDays(audit.RetentionDays), stoppingToken);
        }
        catch (LedgerException e)
        {
            Tell(e);
        }

        // Who has a workspace alone need not write again and again that it is there.
        while (!stoppingToken.IsCancellationRequested && (workspace.IsShared || !hasJoined))
        {
            try
            {
                await BeatAsync(stoppingToken);
                trouble = null;
            }
            catch (LedgerException e)
            {
                Tell(e);
            }
            catch (NodeRefusedException e)
            {
                NodeLog.Refused(logger, e.Message);
                lifetime.StopApplication();
                return;
            }

            await Task.Delay(KnownNodes.Every, time, stoppingToken);
        }
    }

    private async Task JoinAsync(CancellationToken cancellationToken)
    {
        await nodes.JoinAsync(Told(), cancellationToken);
        hasJoined = true;
    }

    private NodeHeartbeat Told() =>
        new(
            identity.Id,
            identity.Name,
            settings.Of(NodeSettings.Address) is { Length: > 0 } address ? address : null,
            OwnVersion.Text,
            !settings.IsStoreShared,
            NodeSettings.RulesDigestOf(settings)
        )
        {
            Run = engine.Progress?.Run,
            Following = workspace.IsShared && Leadership.IsLeading ? NodeFollowing.Write(follower.State) : null,
            LimitsDigest = limits.State.Digest,
        };

    private void Tell(LedgerException e)
    {
        if (e.Message == trouble)
            return;
        trouble = e.Message;
        NodeLog.Unknown(logger, e.Message);
    }

    /// <summary>What was seen of the others.</summary>
    private sealed record Sight(KnownNode? Leader, FollowState? Following, long At);
}

/// <summary>How the node that leads follows, as it is told to the others.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(FollowState))]
internal sealed partial class NodeFollowing : JsonSerializerContext
{
    public static string Write(FollowState state) => JsonSerializer.Serialize(state, Default.FollowState);

    /// <summary>Null for what another version wrote in its own way.</summary>
    public static FollowState? Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, Default.FollowState);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>A state that was told a while ago: by so much more is it behind.</summary>
    public static FollowState After(FollowState state, TimeSpan ago) =>
        state with
        {
            Databases = [.. state.Databases.Select(database => database with { Lag = database.Lag + ago })],
        };
}

/// <summary>What is said of this node among the others.</summary>
internal static partial class NodeLog
{
    [LoggerMessage(
        EventId = 7201,
        Level = LogLevel.Error,
        Message = "The other nodes cannot be told of this one, and it is tried again: {Problem}"
    )]
    public static partial void Unknown(ILogger logger, string problem);

    [LoggerMessage(EventId = 7202, Level = LogLevel.Critical, Message = "This node stops: {Problem}")]
    public static partial void Refused(ILogger logger, string problem);
}
