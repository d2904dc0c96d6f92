namespace UserReports.Server.Configuration;

/// <summary>How it is written where the service stands: names of hosts, and a path.</summary>
internal static class MountText
{
    private const int PathLengthMax = 200;
    private const string AnyHost = "*";
    private const string Subdomains = "*.";

    /// <summary>The path as links need it, without a slash at its end; null if it is none.</summary>
    public static string? ReadPath(string text)
    {
        var path = text.TrimEnd('/');
        return IsPath(path) ? path : null;
    }

    /// <summary>The names of a setting, empty for any; null if one of them is none.</summary>
    public static IReadOnlyList<string>? ReadHosts(string text)
    {
        var names = text.Split([',', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (names.Contains(AnyHost))
            return [];
        return names.All(name => Uri.CheckHostName(Bare(name)) != UriHostNameType.Unknown) ? names : null;
    }

    /// <summary>True if a name of the setting is this host's, or stands for it.</summary>
    public static bool Fits(string host, string name) =>
        name.StartsWith(Subdomains, StringComparison.Ordinal)
            ? host.EndsWith(name[1..], StringComparison.OrdinalIgnoreCase) && host.Length > name.Length - 1
            : host.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static string Bare(string name) =>
        name.StartsWith(Subdomains, StringComparison.Ordinal) ? name[Subdomains.Length..] : name;

    private static bool IsPath(string path) =>
        path.Length <= PathLengthMax
        && (path.Length == 0 || path[0] == '/')
        && path.Split('/').Skip(1).All(part => part is not ("" or "." or "..") && part.All(IsPlain));

    private static bool IsPlain(char character) =>
        char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' or '~';
}
