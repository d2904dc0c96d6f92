using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace UserReports.Server.Configuration;

/// <summary>The settings that tell one node from the others of its workspace.</summary>
public static class NodeSettings
{
    /// <summary>How people call this node.</summary>
    public static readonly Setting<string> Name = new(
        "Node:Name",
        "",
        "a name of at most 100 characters, or nothing for the machine's name with the number of the process",
        "How this node is called among those that share the workspace: in the runs route, the explorer, the log and the audit log.",
        text => text.Length <= NameMax && !text.Any(char.IsControl) ? text : null
    );

    /// <summary>Where other nodes reach this one.</summary>
    public static readonly Setting<string> Address = new(
        "Node:Address",
        "",
        "an http or https address such as http://10.0.0.5:8080, or nothing",
        "Where the other nodes that share the workspace reach this one, past the reverse proxy: they ask it for its part of the audit log. "
            + "Without it that part is seen on this node alone, and named as missing on the others.",
        text =>
            text.Length == 0
            || (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
                ? text.TrimEnd('/')
                : null
    );

    /// <summary>Who may read <c>/metrics</c>.</summary>
    public static readonly Setting<string> MetricsToken = new(
        "Metrics:Token",
        "",
        "a secret of at least 16 characters, or nothing",
        "With it GET /metrics answers Prometheus that sends it as a bearer token; without it there is no such address.",
        text => text.Length is 0 or >= TokenMin ? text : null
    )
    {
        IsSecret = true,
    };

    /// <summary>All of them, in the order of docs/settings.md.</summary>
    internal static readonly IReadOnlyList<Setting> All = [Name, Address, MetricsToken];

    private const int NameMax = 100;
    private const int TokenMin = 16;

    /// <summary>The name of this node, given or made.</summary>
    internal static string NameOf(ServerSettings settings) =>
        settings.Of(Name) is { Length: > 0 } given
            ? given
            : string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}:{Environment.ProcessId}");

    /// <summary>
    /// By which nodes are known to compute the same reports from the same rows; files of limits are compared apart.
    /// </summary>
    internal static string RulesDigestOf(ServerSettings settings) =>
        Convert.ToHexStringLower(
            SHA256.HashData(
                Encoding.UTF8.GetBytes(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{settings.Of(SettingsTable.RetentionDays)} {settings.Of(SettingsTable.AnonymousUserId)} {settings.Of(LimitSettings.Stripe)} {settings.Of(LimitSettings.File).Length > 0}"
                    )
                )
            )
        );
}
