using System.Buffers;
using System.Text.RegularExpressions;

namespace UserReports.Server.Tests;

/// <summary>
/// What no log line may hold, of all the tests' servers: each one is searched, at Debug, when its server ends.
/// </summary>
public static partial class Secrets
{
    private static readonly string[] Known =
    [
        .. People.All.SelectMany(p =>
            new[] { p.Token, p.Password, p.Email, People.HashOf(p.Password), p.BasicHeader[6..] }
        ),
        .. People.All.Select(p => p.Secret).OfType<string>(),
        People.GeneratedSuperuserToken,
        // Generated accounts' addresses, and how every cookie, cursor and antiforgery token of data protection begins.
        "@example.org",
        "CfDJ8",
    ];

    private static readonly SearchValues<string> Sought = SearchValues.Create(
        [.. Known.Concat(Known.Select(Uri.EscapeDataString)).Distinct()],
        StringComparison.OrdinalIgnoreCase
    );

    /// <summary>True if a line shows a secret or anybody's e-mail address.</summary>
    public static bool AreIn(string line) => line.AsSpan().ContainsAny(Sought) || Address().IsMatch(line);

    [GeneratedRegex(@"[a-z0-9._+-]+(@|%40)[a-z0-9-]+\.[a-z]{2,}", RegexOptions.IgnoreCase)]
    private static partial Regex Address();
}
