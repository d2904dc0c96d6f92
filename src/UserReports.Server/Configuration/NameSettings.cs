using static UserReports.Server.Configuration.SettingKinds;

namespace UserReports.Server.Configuration;

/// <summary>Accounts that the settings know by a common name.</summary>
/// <param name="Usernames">The platform's names, as they are written there.</param>
public sealed record AccountTag(string Name, IReadOnlyList<string> Usernames);

/// <summary>The settings of who sees names; they stand in <see cref="SettingsTable.All"/>.</summary>
public static class NameSettings
{
    /// <summary>What <see cref="Conceal"/> takes.</summary>
    public const string ConcealNames = "names";

    /// <summary>Whether names are concealed.</summary>
    public static readonly Setting<string> Conceal = Choice(
        "Access:Conceal",
        [ConcealNames],
        "names: usernames, names, e-mails, free-form details and identities of social accounts are pseudonyms for everybody who has "
            + "not revealed them, with a reason."
    );

    /// <summary>Accounts by tag.</summary>
    public static readonly Setting<IReadOnlyList<AccountTag>> AccountTags = new(
        "Access:Tags",
        "",
        "tags with usernames, such as support=anna,ben; audit=carla, or nothing",
        "Common names for accounts, by which other settings speak of them.",
        ReadTags
    );

    /// <summary>Who may reveal names.</summary>
    public static readonly Setting<IReadOnlyList<string>> RevealTags = new(
        "Access:RevealTags",
        "",
        "tags of Access:Tags separated by commas, or nothing",
        "The tags whose accounts may reveal concealed names; nobody may by default.",
        ReadNames
    );

    /// <summary>What is wrong with settings that are each valid alone: a tag that nobody has would let nobody
    /// reveal.</summary>
    internal static IEnumerable<string> FaultsOf(ServerSettings settings) =>
        settings
            .Of(RevealTags)
            .Where(tag => settings.Of(AccountTags).All(known => known.Name != tag))
            .Select(tag => $"{RevealTags.Name} is '{tag}', but it must be tags that {AccountTags.Name} names.");

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
