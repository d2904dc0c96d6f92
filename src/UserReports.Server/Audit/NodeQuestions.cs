using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.DataProtection;

namespace UserReports.Server.Audit;

/// <summary>What one node asks another about its audit log.</summary>
/// <param name="Reader">Who looks, by the platform's id: it decides which names are concealed.</param>
public sealed record NodeQuestion(
    long Reader,
    DateTimeOffset? Since,
    DateTimeOffset? Until,
    string? User,
    string? Text,
    int Limit
)
{
    /// <summary>What a search of the whole log asks of another node.</summary>
    public static NodeQuestion Of(AuditQuery query, long reader) =>
        new(reader, query.Since, query.Until, query.User, query.Text, query.Limit);

    /// <summary>The same as a search of one's own log.</summary>
    public AuditQuery ToQuery() => new(Since, Until, User, Text, Limit);
}

/// <summary>
/// Questions between nodes, sealed with the workspace's key ring: who can read one has the ring, and so is a node. They
/// hold for seconds, and there is nothing to be asked but what is sealed.
/// </summary>
public sealed class NodeQuestions(IDataProtectionProvider protection)
{
    /// <summary>In which a question is sent.</summary>
    public const string Header = "X-Node-Question";

    /// <summary>Where it is sent to.</summary>
    public const string Path = "/nodes/audit/";

    /// <summary>Clocks of nodes may differ by some of it.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(60);

    private readonly ITimeLimitedDataProtector protector = protection
        .CreateProtector("UserReports.NodeQuestions")
        .ToTimeLimitedDataProtector();

    /// <summary>A question as it is sent.</summary>
    public string Seal(NodeQuestion question) =>
        protector.Protect(JsonSerializer.Serialize(question, NodeQuestionJson.Default.NodeQuestion), Life);

    /// <summary>Null for what no node has sealed, or not just now.</summary>
    public NodeQuestion? Open(string? text)
    {
        try
        {
            return string.IsNullOrEmpty(text)
                ? null
                : JsonSerializer.Deserialize(protector.Unprotect(text), NodeQuestionJson.Default.NodeQuestion);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}

/// <summary>How questions between nodes are written.</summary>
[JsonSerializable(typeof(NodeQuestion))]
internal sealed partial class NodeQuestionJson : JsonSerializerContext;
