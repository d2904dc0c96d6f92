using System.Data.Common;
using System.Globalization;
using System.Net;

namespace UserReports.Server.Configuration;

/// <summary>The kinds of values that settings have; each says what is valid in the words of its error.</summary>
internal static class SettingKinds
{
    public static Setting<bool?> Flag(string name, bool standard, string description) =>
        new(
            name,
            standard ? "true" : "false",
            "true or false",
            description,
            text => bool.TryParse(text, out var flag) ? flag : null
        );

    public static Setting<int?> Whole(string name, int standard, int min, int max, string description) =>
        new(
            name,
            standard.ToString(CultureInfo.InvariantCulture),
            string.Create(CultureInfo.InvariantCulture, $"a whole number from {min} to {max}"),
            description,
            text =>
                int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                && number >= min
                && number <= max
                    ? number
                    : null
        );

    public static Setting<TimeSpan?> Duration(
        string name,
        TimeSpan standard,
        string min,
        string max,
        string description
    )
    {
        var (least, most) = (Span(min)!.Value, Span(max)!.Value);
        return new(
            name,
            standard.ToString("c", CultureInfo.InvariantCulture),
            $"a duration from {min} to {max}, written as hours:minutes:seconds or days.hours:minutes:seconds",
            description,
            text => Span(text) is { } span && span >= least && span <= most ? span : null
        );
    }

    public static Setting<string> Text(string name, string? standard, string valid, string description) =>
        new(name, standard, valid, description, text => text);

    /// <summary>One of some words, or nothing.</summary>
    public static Setting<string> Choice(string name, IReadOnlyList<string> words, string description) =>
        new(
            name,
            "",
            $"{string.Join(" or ", words)}, or nothing",
            description,
            text => text.Length == 0 || words.Contains(text) ? text : null
        );

    /// <summary>A connection string of PostgreSQL, or <c>Data Source=FILE</c> for an embedded database.</summary>
    public static Setting<string> Source(string name, string description) =>
        new(
            name,
            null,
            "a connection string such as Host=db;Database=kpi;Username=reports;Password=…;SSL Mode=VerifyFull, or Data Source=FILE",
            description,
            text => Keyword(text, "Host", "Server", "Data Source") is { Length: > 0 } ? text : null
        )
        {
            IsSecret = true,
            IsRequired = true,
        };

    /// <summary>The host of PostgreSQL's connection string; null without one.</summary>
    public static string? HostOf(string text) => Keyword(text, "Host", "Server");

    /// <summary><c>Data Source=FILE</c>; the value is FILE.</summary>
    public static Setting<string> DataSource(string name, string standard, string description) =>
        new(name, standard, "Data Source=FILE", description, DataSourceOf);

    /// <summary>The file of <c>Data Source=FILE</c>; null for anything else.</summary>
    public static string? DataSourceOf(string text) =>
        Keyword(text, "Data Source") is { Length: > 0 } file ? file : null;

    public static Setting<IReadOnlyList<IPNetwork>> Networks(string name, string description) =>
        new(
            name,
            "",
            "addresses or networks separated by commas, such as 10.0.0.5,10.1.0.0/16",
            description,
            ReadNetworks
        );

    /// <summary>Names of hosts; the value is empty for any.</summary>
    public static Setting<IReadOnlyList<string>> Hosts(string name, string description) =>
        new(
            name,
            "",
            "names of hosts separated by commas, such as reports.example.org,*.example.net, or nothing for any",
            description,
            MountText.ReadHosts
        );

    /// <summary>A path under which the service stands; the value has no slash at its end.</summary>
    public static Setting<string> PathOf(string name, string description) =>
        new(name, "", "a path such as /reports, or nothing", description, MountText.ReadPath);

    private static TimeSpan? Span(string text) =>
        TimeSpan.TryParseExact(text, ["c", @"hh\:mm\:ss"], CultureInfo.InvariantCulture, out var span) ? span : null;

    private static List<IPNetwork>? ReadNetworks(string text)
    {
        List<IPNetwork> networks = [];
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (IPAddress.TryParse(part, out var address))
                networks.Add(new(address, address.GetAddressBytes().Length * 8));
            else if (IPNetwork.TryParse(part, out var network))
                networks.Add(network);
            else
                return null;
        }

        return networks;
    }

    private static string? Keyword(string text, params ReadOnlySpan<string> keywords)
    {
        try
        {
            var builder = new DbConnectionStringBuilder { ConnectionString = text };
            foreach (var keyword in keywords)
            {
                if (builder.TryGetValue(keyword, out var value))
                    return value as string;
            }

            return null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
