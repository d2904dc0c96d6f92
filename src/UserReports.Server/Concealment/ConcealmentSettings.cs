using UserReports.Server.Configuration;

namespace UserReports.Server.Concealment;

/// <summary>Whether names are concealed, and who may reveal them.</summary>
/// <param name="IsOn">False unless <c>Access:Conceal</c> says <c>names</c>.</param>
/// <param name="Revealers">The usernames of those who may; by letters and case.</param>
public sealed record ConcealmentSettings(bool IsOn, IReadOnlySet<string> Revealers)
{
    internal static ConcealmentSettings Of(ServerSettings settings)
    {
        var tags = settings.Of(NameSettings.RevealTags);
        return new(
            settings.Of(NameSettings.Conceal) == NameSettings.ConcealNames,
            settings
                .Of(NameSettings.AccountTags)
                .Where(tag => tags.Contains(tag.Name))
                .SelectMany(tag => tag.Usernames)
                .ToHashSet(StringComparer.Ordinal)
        );
    }
}
