using System.Globalization;
using System.Text.RegularExpressions;

namespace UserReports.Server.Tests.Export;

/// <summary>Texts of a sheet as the standard has them read: <c>_xHHHH_</c> is one character.</summary>
internal static partial class SheetText
{
    public static string Read(string written) =>
        Escape()
            .Replace(
                written,
                match =>
                    (
                        (char)int.Parse(match.Groups[1].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture)
                    ).ToString()
            );

    [GeneratedRegex("_x([0-9A-Fa-f]{4})_")]
    private static partial Regex Escape();
}
