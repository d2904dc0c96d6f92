using System.Runtime.CompilerServices;
using UserReports.Server.Http;

namespace UserReports.Server.Tests.Api;

/// <summary>The list of failures, and its documentation.</summary>
public sealed class ProblemTests
{
    [Fact]
    public void Codes_OfAllFailures_AreDifferentAndDocumented()
    {
        var page = File.ReadAllText(PagePath());
        Assert.Equal(Problems.All.Count, Problems.All.Select(problem => problem.Code).Distinct().Count());
        Assert.Empty(
            Problems
                .All.Where(problem =>
                    !page.Contains($"`{problem.Code}` | {problem.Status} |", StringComparison.Ordinal)
                )
                .Select(problem => problem.Code)
        );
    }

    private static string PagePath([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "docs", "http-api.md");
}
