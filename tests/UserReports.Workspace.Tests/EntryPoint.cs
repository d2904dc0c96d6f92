using System.Globalization;
using Xunit.MicrosoftTestingPlatform;

namespace UserReports.Workspace.Tests;

/// <summary>Runs the tests, or is the process that one of them kills.</summary>
internal static class EntryPoint
{
    public static async Task<int> Main(string[] args)
    {
        if (args is not [WritingChild.Argument, var workspace, var first])
            return await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
        await WritingChild.WriteAsync(workspace, long.Parse(first, CultureInfo.InvariantCulture));
        return 0;
    }
}
