using UserReports.Core.Query;
using UserReports.Store.ClickHouse;
using UserReports.Store.History;

namespace UserReports.Server.Configuration;

/// <summary>The values of all settings, known to be valid.</summary>
public sealed class ServerSettings
{
    /// <summary>What is appended to a setting's name to give the file that holds the value.</summary>
    private const string FileSuffix = "File";

    /// <summary>Files that are made beside a store that is no file.</summary>
    private const string SharedFolder = "data";

    private static readonly string[] Sections =
    [
        .. SettingsTable.All.Select(setting => setting.Name.Split(':')[0]).Distinct(StringComparer.OrdinalIgnoreCase),
    ];

    private readonly Dictionary<Setting, object> values;
    private readonly HashSet<Setting> given;

    private ServerSettings(Dictionary<Setting, object> values, HashSet<Setting> given)
    {
        this.values = values;
        this.given = given;
    }

    /// <summary>Whether the store is a server that others use, too.</summary>
    public bool IsStoreShared => ClickHouseSettings.IsMeant(Of(SettingsTable.Store));

    /// <summary>The folder of the store's files and of those beside it.</summary>
    public string StoreFolder =>
        IsStoreShared
            ? Path.GetFullPath(SharedFolder)
            : Path.GetDirectoryName(Path.GetFullPath(Of(SettingsTable.Store)))!;

    /// <summary>Reads every setting; wrong values are all reported at once.</summary>
    /// <param name="needsSources">False for commands that work without the sources; then they may be missing.</param>
    /// <exception cref="SettingsException">A value is wrong or missing, or a name is misspelt.</exception>
    public static ServerSettings Read(IConfiguration configuration, bool needsSources = true)
    {
        var values = new Dictionary<Setting, object>();
        var given = SettingsTable.All.Where(setting => configuration.GetSection(setting.Name).Exists()).ToHashSet();
        List<string> faults = [.. Unknown(configuration)];
        foreach (var setting in SettingsTable.All)
        {
            if (Text(configuration, setting, faults) is not { } text)
            {
                if (setting.IsRequired && needsSources)
                    faults.Add($"{setting.Name} is missing. It must be {setting.Valid}.");
            }
            else if (setting.TryRead(text, out var value))
            {
                values[setting] = value!;
            }
            else
            {
                faults.Add(
                    $"{setting.Name} is {(setting.IsSecret ? "not shown" : $"'{text}'")}, but it must be {setting.Valid}."
                );
            }
        }

        if (faults.Count == 0)
        {
            var settings = new ServerSettings(values, given);
            faults.AddRange(NameSettings.FaultsOf(settings));
            if (faults.Count == 0)
                return settings;
        }

        throw new SettingsException(faults);
    }

    /// <summary>True if somebody set it, also to what it is by default.</summary>
    public bool IsGiven(Setting setting) => given.Contains(setting);

    /// <summary>The value of a setting.</summary>
    public string Of(Setting<string> setting) => values.TryGetValue(setting, out var value) ? (string)value : "";

    /// <inheritdoc cref="Of(Setting{string})"/>
    public T Of<T>(Setting<T?> setting)
        where T : struct => (T)values[setting];

    /// <inheritdoc cref="Of(Setting{string})"/>
    public IReadOnlyList<T> Of<T>(Setting<IReadOnlyList<T>> setting) => (IReadOnlyList<T>)values[setting];

    /// <inheritdoc cref="Of(Setting{string})"/>
    public HistoryKeep Of(Setting<HistoryKeep> setting) => (HistoryKeep)values[setting];

    /// <summary>The folder that a setting names, or the store's if it names none.</summary>
    public string FolderOf(Setting<string> setting) =>
        Of(setting) is { Length: > 0 } folder ? Path.GetFullPath(folder) : StoreFolder;

    private static string? Text(IConfiguration configuration, Setting setting, List<string> faults)
    {
        if (configuration[setting.Name] is { } text)
            return text;
        if (configuration[$"{setting.Name}:{FileSuffix}"] is not { } file)
            return setting.Default;
        try
        {
            return File.ReadAllText(file).TrimEnd('\r', '\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Add($"{setting.Name}:{FileSuffix} is '{file}', but that file cannot be read: {e.Message}");
            return null;
        }
    }

    /// <summary>
    /// A misspelt name in one of our sections would otherwise be a setting that quietly does nothing.
    /// </summary>
    private static IEnumerable<string> Unknown(IConfiguration configuration) =>
        from section in Sections
        from pair in configuration.GetSection(section).AsEnumerable()
        where pair.Value is not null
        let name = pair.Key
        where
            !SettingsTable.All.Any(setting =>
                name.Equals(setting.Name, StringComparison.OrdinalIgnoreCase)
                || name.Equals($"{setting.Name}:{FileSuffix}", StringComparison.OrdinalIgnoreCase)
            )
        let near = NearestNames.Of(name, SettingsTable.All.Select(setting => setting.Name)).Take(1).ToList()
        select $"{name} is no setting." + (near.Count > 0 ? $" Did you mean {near[0]}?" : " See docs/settings.md.");
}

/// <summary>The service cannot start with these settings.</summary>
/// <param name="faults">One sentence or two per fault: the setting, its value and what is valid.</param>
public sealed class SettingsException(IReadOnlyList<string> faults)
    : Exception(string.Join(Environment.NewLine, faults))
{
    /// <inheritdoc cref="SettingsException(IReadOnlyList{string})"/>
    public IReadOnlyList<string> Faults => faults;
}
