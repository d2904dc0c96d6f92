using UserReports.Server.Concealment;
using static UserReports.Server.Configuration.SettingKinds;

namespace UserReports.Server.Configuration;

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
        ConcealmentSettings.ReadTags
    );

    /// <summary>Who may reveal names.</summary>
    public static readonly Setting<IReadOnlyList<string>> RevealTags = new(
        "Access:RevealTags",
        "",
        "tags of Access:Tags separated by commas, or nothing",
        "The tags whose accounts may reveal concealed names; nobody may by default.",
        ConcealmentSettings.ReadNames
    );
}
