using UserReports.Store.DuckDb.Tests.History;
using Xunit.MicrosoftTestingPlatform;

namespace UserReports.Store.DuckDb.Tests;

/// <summary>Runs the tests, or is the process that one of them kills.</summary>
internal static class EntryPoint
{
    public static async Task<int> Main(string[] args)
    {
        if (args is not [KeepingChild.Argument, var path])
            return await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
        await KeepingChild.KeepAsync(path);
        return 0;
    }
}
