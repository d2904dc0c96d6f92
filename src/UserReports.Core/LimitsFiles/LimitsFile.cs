using UserReports.Core.Billing;
using UserReports.Core.Reports;

namespace UserReports.Core.LimitsFiles;

/// <summary>The operator's own limits as the file states them: accounts by their names.</summary>
/// <param name="Default">For everybody; null if the file says nothing of it.</param>
/// <param name="Accounts">By username, for the organisations that the account owns.</param>
/// <param name="Organizations">By the organisation's identifier.</param>
public sealed record LimitsFile(
    MetricValues<Limit?>? Default,
    IReadOnlyDictionary<string, LimitsEntry> Accounts,
    IReadOnlyDictionary<string, LimitsEntry> Organizations
)
{
    /// <summary>A file that says nothing.</summary>
    public static readonly LimitsFile Empty = new(
        null,
        new Dictionary<string, LimitsEntry>(),
        new Dictionary<string, LimitsEntry>()
    );

    /// <summary>True if both say the same of everybody.</summary>
    public bool HasDefaultOf(LimitsFile other) => AreSame(Default, other.Default);

    /// <summary>The accounts and organisations of which the two files do not say the same.</summary>
    public LimitsChange ChangeFrom(LimitsFile before) =>
        new(!HasDefaultOf(before), Changed(before.Accounts, Accounts), Changed(before.Organizations, Organizations));

    private static List<string> Changed(
        IReadOnlyDictionary<string, LimitsEntry> before,
        IReadOnlyDictionary<string, LimitsEntry> after
    ) =>
        [
            .. after
                .Where(entry =>
                    !before.TryGetValue(entry.Key, out var known) || !AreSame(known.Limits, entry.Value.Limits)
                )
                .Select(entry => entry.Key),
            .. before.Keys.Where(name => !after.ContainsKey(name)),
        ];

    private static bool AreSame(MetricValues<Limit?>? one, MetricValues<Limit?>? other) =>
        Enumerable.Range(0, Metric.All.Count).All(index => one?[index] == other?[index]);
}

/// <summary>What the file says of one account or organisation.</summary>
/// <param name="Line">Where its name stands, counted from 1.</param>
/// <param name="Limits">A limit for each metric of <see cref="Metric.All"/> that the file names; null for the
/// others.</param>
public sealed record LimitsEntry(int Line, MetricValues<Limit?> Limits);

/// <summary>What is to be computed anew when one file takes the place of another.</summary>
/// <param name="OfEverybody">True if the limits for everybody differ.</param>
/// <param name="Accounts">Usernames.</param>
/// <param name="Organizations">Identifiers.</param>
public sealed record LimitsChange(bool OfEverybody, IReadOnlyList<string> Accounts, IReadOnlyList<string> Organizations)
{
    /// <summary>True if the two files say the same.</summary>
    public bool IsNone => !OfEverybody && Accounts.Count == 0 && Organizations.Count == 0;
}

/// <summary>What is wrong with a file of limits.</summary>
/// <param name="Line">Counted from 1; 0 for the whole file.</param>
/// <param name="Column">In characters, counted from 1.</param>
/// <param name="Problem">What is wrong and what is valid, as a sentence.</param>
public sealed record LimitsFault(int Line, int Column, string Problem)
{
    /// <summary>Place and problem; the problem alone where it is of the whole file.</summary>
    public string Words => Line == 0 ? Problem : $"line {Line}, column {Column}: {Problem}";
}
