namespace UserReports.Core.Query.Values;

/// <summary>The order of text: by Unicode code point, as the bytes of UTF-8 sort.</summary>
public static class CodePoints
{
    /// <summary>
    /// Less than 0, 0 or more than 0, as <paramref name="a"/> comes before, with or after <paramref name="b"/>.
    /// </summary>
    public static int Compare(string a, string b)
    {
        var length = Math.Min(a.Length, b.Length);
        for (var i = 0; i < length; i++)
        {
            if (a[i] == b[i])
                continue;
            // UTF-16 puts surrogates (code points from U+10000) before U+E000 to U+FFFF; code points come after them.
            var aHigh = char.IsSurrogate(a[i]);
            return aHigh == char.IsSurrogate(b[i]) ? a[i] - b[i]
                : aHigh ? 1
                : -1;
        }

        return a.Length - b.Length;
    }
}
