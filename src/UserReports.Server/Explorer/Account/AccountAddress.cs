using Microsoft.AspNetCore.WebUtilities;

namespace UserReports.Server.Explorer.Account;

/// <summary>The addresses of accounts' pages.</summary>
/// <remarks>
/// A name may be anything, <c>..</c> and <c>a%2Fb</c> too, and a path is taken apart and decoded by browsers, proxies
/// and routers, each in its own way. So a name that means something in a path stands in the query instead.
/// </remarks>
public static class AccountAddress
{
    private const string Named = "account/named";
    private const string Parameter = "name";

    /// <summary>Where the page of an account is, relative to the explorer's root.</summary>
    /// <param name="uid">Null or empty for an account without a public identifier.</param>
    public static string Of(string? uid, string username) =>
        uid is { Length: > 0 } && IsPlain(uid) ? $"account/{uid}"
        : IsPlain(username) ? $"{Named}/{username}"
        : QueryHelpers.AddQueryString(Named, Parameter, username);

    /// <summary>The name in an address relative to the explorer's root, decoded once; null if it has none.</summary>
    public static string? NameIn(string address)
    {
        var path = address.Split('?', '#')[0];
        var rest = address[path.Length..].Split('#')[0];
        if (QueryHelpers.ParseQuery(rest).TryGetValue(Parameter, out var name))
            return name.ToString();
        return path.StartsWith(Named + "/", StringComparison.OrdinalIgnoreCase)
            ? Uri.UnescapeDataString(path[(Named.Length + 1)..])
            : null;
    }

    private static bool IsPlain(string text) =>
        text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' or '@' or '+')
        && text.Any(character => character != '.');
}
