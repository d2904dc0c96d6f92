using System.Net;
using System.Text.Json;
using UserReports.Feed.Ledger;
using UserReports.Server.Configuration;
using UserReports.Workspace;
using UserReports.Workspace.Nodes;

namespace UserReports.Server.Audit;

/// <summary>The audit log of all nodes as one: each keeps its own files, and whoever looks asks all.</summary>
/// <remarks>
/// A node that does not answer is named by a record of its own (<see cref="AuditEvents.NodeMissing"/>), before all
/// others: a log with a part left out never looks whole.
/// </remarks>
public sealed class NodeAudits(
    AuditLog log,
    WorkspaceDatabase workspace,
    KnownNodes nodes,
    AuditNode self,
    NodeQuestions questions,
    ServerSettings settings,
    TimeProvider time
) : IDisposable
{
    private static readonly TimeSpan AnswerTimeMax = TimeSpan.FromSeconds(5);

    private readonly HttpClient client = new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
        }
    );

    /// <summary>The records that match, of all nodes, the newest first.</summary>
    /// <param name="reader">Who looks, by the platform's id.</param>
    public async Task<IReadOnlyList<AuditRecord>> SearchAsync(
        AuditQuery query,
        long reader,
        CancellationToken cancellationToken
    )
    {
        var own = await log.SearchAsync(query, cancellationToken);
        if (!workspace.IsShared)
            return own;
        List<KnownNode> others;
        try
        {
            others = [.. (await nodes.AllAsync(cancellationToken)).Where(node => MayHold(node, query))];
        }
        catch (LedgerException)
        {
            return [Missing("the other nodes", "the workspace, which knows them, does not answer"), .. own];
        }

        if (others.Count == 0)
            return own;
        var sealedQuestion = questions.Seal(NodeQuestion.Of(query, reader));
        var answers = await Task.WhenAll(others.Select(node => AskAsync(node, sealedQuestion, cancellationToken)));
        return
        [
            .. answers.Where(answer => answer.Missing is not null).Select(answer => answer.Missing!),
            .. own.Select(record => record with { Node = self.Name })
                .Concat(answers.SelectMany(answer => answer.Records))
                .OrderByDescending(record => record.At)
                .Take(query.Limit),
        ];
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    /// <summary>What was gone before the time that is asked for, or came after it, has nothing to say of it.</summary>
    private bool MayHold(KnownNode node, AuditQuery query) =>
        node.Told.Id != self.Id
        && (node.IsLive || query.Since is not { } since || since <= node.SeenAt)
        && (query.Until is not { } until || until >= node.FirstSeenAt);

    private async Task<Answer> AskAsync(KnownNode node, string question, CancellationToken cancellationToken)
    {
        if (!node.IsLive)
            return Answer.Without(Missing(node.Told.Name, node.HasStopped ? "it has stopped" : "it is gone"));
        if (node.Told.Address is not { } address)
            return Answer.Without(Missing(node.Told.Name, $"it has no address; set {NodeSettings.Address.Name} there"));
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(AnswerTimeMax);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address + NodeQuestions.Path);
            request.Headers.TryAddWithoutValidation(NodeQuestions.Header, question);
            // Nodes go by the same names, and by no other.
            if (settings.Of(SettingsTable.AllowedHosts) is [var host, ..])
                request.Headers.Host = host.Replace("*", "node", StringComparison.Ordinal);
            using var response = await client.SendAsync(request, late.Token);
            if (response.StatusCode != HttpStatusCode.OK)
                return Answer.Without(Missing(node.Told.Name, $"it answers {(int)response.StatusCode}"));
            var records = await JsonSerializer.DeserializeAsync(
                await response.Content.ReadAsStreamAsync(late.Token),
                AuditJson.Default.IReadOnlyListAuditRecord,
                late.Token
            );
            return new([.. records!.Select(record => record with { Node = node.Told.Name })], null);
        }
        catch (Exception e)
            when (e is HttpRequestException or JsonException or IOException
                || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            return Answer.Without(Missing(node.Told.Name, $"it does not answer at {address}"));
        }
    }

    private AuditRecord Missing(string node, string reason) =>
        new(
            time.GetUtcNow(),
            null,
            null,
            null,
            $"audit log of {node}",
            null,
            null,
            null,
            0,
            StatusCodes.Status503ServiceUnavailable
        )
        {
            Event = AuditEvents.NodeMissing,
            Node = node,
            Asked = new Dictionary<string, string> { ["reason"] = reason },
        };

    private sealed record Answer(IReadOnlyList<AuditRecord> Records, AuditRecord? Missing)
    {
        public static Answer Without(AuditRecord missing) => new([], missing);
    }
}

/// <summary>The node whose audit log this is.</summary>
/// <param name="Id">The same after a restart, as long as the log's folder can be written.</param>
public sealed record AuditNode(string Id, string Name);
