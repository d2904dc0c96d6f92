using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace UserReports.Server.Tests;

/// <summary>What a page of the documentation shows to be copied.</summary>
/// <param name="Language">What stands after the fence.</param>
/// <param name="Text">Without the fences.</param>
internal sealed partial record DocumentedBlock(string Language, string Text)
{
    /// <summary>All blocks of a page, in its order.</summary>
    public static IReadOnlyList<DocumentedBlock> Of(string page) =>
        [
            .. Fenced()
                .Matches(File.ReadAllText(Checkout(page)))
                .Select(match => new DocumentedBlock(match.Groups[1].Value, match.Groups[2].Value)),
        ];

    /// <summary>The path of a file of the checkout.</summary>
    public static string Checkout(string file) => Path.Combine(Root(), file);

    private static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../.."));

    [GeneratedRegex(@"^```(\w*)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fenced();
}
