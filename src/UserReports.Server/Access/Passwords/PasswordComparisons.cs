using System.Diagnostics.Metrics;

namespace UserReports.Server.Access.Passwords;

/// <summary>Makes exactly one comparison of a usual cost for each password that is tried.</summary>
/// <remarks>
/// Where the platform has nothing to compare with (no such account, no usable password, a mangled hash or one of a kind
/// that is not known here), a hash like the platform's others stands in: else the time of the refusal would tell that
/// the account exists. Each comparison is counted in <c>user_reports.access.password_comparisons</c>.
/// </remarks>
public sealed class PasswordComparisons(TimingDecoyHash usual, IMeterFactory meters)
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "UserReports.Access";

    private readonly Counter<long> made = meters
        .Create(MeterName)
        .CreateCounter<long>(
            "user_reports.access.password_comparisons",
            description: "Comparisons of a password with a hash, by what decides their cost."
        );

    /// <summary>Compares once.</summary>
    /// <param name="hash">The account's, or null if nothing may fit.</param>
    /// <returns>Why there was nothing to compare with, if there was not.</returns>
    public PasswordMatch Compare(string? hash, string username, string password)
    {
        var match = hash is null ? PasswordMatch.Unreadable : DjangoPassword.Verify(hash, password);
        if (match is PasswordMatch.Right or PasswordMatch.Wrong)
        {
            Count(hash!);
            return match;
        }

        var alike = usual.HashFor(username);
        DjangoPassword.Verify(alike, password);
        Count(alike);
        return match;
    }

    private void Count(string hash) => made.Add(1, KeyValuePair.Create("cost", (object?)TimingDecoyHash.CostOf(hash)));
}
