using UserReports.Server.Configuration;

namespace UserReports.Server.Concealment;

/// <summary>Accounts that the settings know by a common name.</summary>
/// <param name="Usernames">The platform's names, as they are written there.</param>
public sealed record AccountTag(string Name, IReadOnlyList<string> Usernames);

/// <summary>Whether names are concealed, and who may reveal them.</summary>
/// <param name="IsOn">False unless <c>Access:Conceal</c> says <c>names</c>.</param>
/// <param name="Revealers">The usernames of those who may; by letters and case.</param>
/// <param name="KeyFile">Where the pseudonyms' key is kept.</param>
public sealed record ConcealmentSettings(bool IsOn, IReadOnlySet<string> Revealers, string KeyFile)
{
    private const string KeyFileName = "pseudonyms.key";

    internal static ConcealmentSettings Of(ServerSettings settings)
    {
        var tags = settings.Of(NameSettings.RevealTags);
        return new(
            settings.Of(NameSettings.Conceal) == NameSettings.ConcealNames,
            settings
                .Of(NameSettings.AccountTags)
                .Where(tag => tags.Contains(tag.Name))
                .SelectMany(tag => tag.Usernames)
                .ToHashSet(StringComparer.Ordinal),
            Path.Combine(settings.FolderOf(SettingsTable.KeysFolder), KeyFileName)
        );
    }

    /// <summary>What is wrong with settings that are each valid alone: a tag that nobody has would let nobody
    /// reveal.</summary>
    internal static IEnumerable<string> FaultsOf(ServerSettings settings) =>
        settings
            .Of(NameSettings.RevealTags)
            .Where(tag => settings.Of(NameSettings.AccountTags).All(known => known.Name != tag))
            .Select(tag =>
                $"{NameSettings.RevealTags.Name} is '{tag}', but it must be tags that {NameSettings.AccountTags.Name} names."
            );

    /// <summary><c>support=anna,ben; audit=carla</c>; null for what cannot be read.</summary>
    internal static IReadOnlyList<AccountTag>? ReadTags(string text)
    {
        List<AccountTag> tags = [];
        foreach (var part in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.Split('=', StringSplitOptions.TrimEntries) is not [{ Length: > 0 } name, { Length: > 0 } list])
                return null;
            var usernames = ReadNames(list);
            if (usernames.Count == 0 || tags.Any(tag => tag.Name == name) || name.Contains(','))
                return null;
            tags.Add(new(name, usernames));
        }

        return tags;
    }

    /// <summary>What stands between commas.</summary>
    internal static IReadOnlyList<string> ReadNames(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
