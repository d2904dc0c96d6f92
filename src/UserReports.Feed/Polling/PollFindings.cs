using System.Globalization;

namespace UserReports.Feed.Polling;

/// <summary>What a round of questions has found.</summary>
internal sealed class PollFindings
{
    /// <inheritdoc cref="ChangeBatch.Accounts"/>
    public HashSet<long> Accounts { get; } = [];

    /// <inheritdoc cref="ChangeBatch.Owners"/>
    public HashSet<long> Owners { get; } = [];

    /// <inheritdoc cref="ChangeBatch.Organizations"/>
    public HashSet<string> Organizations { get; } = new(StringComparer.Ordinal);

    /// <inheritdoc cref="ChangeBatch.RunReason"/>
    public string? RunReason { get; set; }

    /// <summary>Takes an account.</summary>
    public void Add(long account, bool isOwner)
    {
        Accounts.Add(account);
        if (isOwner)
            Owners.Add(account);
    }

    /// <summary>Takes whom a row touches.</summary>
    public void Add(PolledTouch touched, bool isOwner)
    {
        if (touched.IsEverybody)
            return;
        if (
            touched.Account is { } account
            && long.TryParse(account, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id)
        )
            Add(id, isOwner);

        if (touched.Organization is { Length: > 0 } organization)
            Organizations.Add(organization);
    }
}

/// <summary>Whom a row touches, as the database shows it.</summary>
internal readonly record struct PolledTouch(string? Account, string? Organization)
{
    /// <summary>True for a row that touches everybody.</summary>
    public bool IsEverybody => Account is { Length: 0 };
}
