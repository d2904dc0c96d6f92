using System.Text;

namespace UserReports.Server.Http.Mounting;

/// <summary>Addresses as a header can hold them.</summary>
internal static class AddressText
{
    /// <summary>
    /// The same address with every character encoded that an address cannot hold; headers take nothing else.
    /// </summary>
    public static string Encode(string address)
    {
        var text = new StringBuilder(address.Length);
        // Half a character becomes the sign for an unreadable one.
        foreach (var rune in address.EnumerateRunes())
        {
            if (rune.Value is > ' ' and < 0x7f && !"\"<>\\^`{|}".Contains((char)rune.Value, StringComparison.Ordinal))
                text.Append((char)rune.Value);
            else
                text.Append(Uri.EscapeDataString(rune.ToString()));
        }

        return text.ToString();
    }
}
