using System.Net;
using System.Text.RegularExpressions;
using UserReports.Core.Reports;
using UserReports.Testing;

namespace UserReports.Server.Tests.Api;

/// <summary>What docs/migrating.md promises to clients of the earlier endpoint.</summary>
public sealed partial class MigratingPageTests
{
    private const string Page = "docs/migrating.md";

    [Fact]
    public void Fields_OfTheReport_HaveARowEachInTheirOrder() =>
        Assert.Equal(
            ReportCatalogue.Fields.Select(field => field.Name),
            FieldRow().Matches(Section("Field by field")).Select(match => match.Groups[1].Value)
        );

    [Fact]
    public async Task Queries_OfThePage_AreAnsweredAndSoAreItsShortNamesForOrdering()
    {
        await using var server = await RunningServer.StartAsync(SampleReports.Make(20));
        var queries = Assert.Single(DocumentedBlock.Of(Page), block => block.Language == "q").Text;
        var addresses = queries
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(q => $"?q={Uri.EscapeDataString(q)}&limit=10&offset=0&format=json")
            .Concat(
                ShortName().Matches(Section("Ordering")).Select(match => $"?ordering=-{match.Groups[1].Value},username")
            )
            .ToList();

        Assert.InRange(addresses.Count, 15, int.MaxValue);
        foreach (var address in addresses)
        {
            using var answer = await server.GetAsync(RunningServer.Root + address, People.Superuser.TokenHeader);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{address}: {answer.StatusCode}");
        }
    }

    private static string Section(string heading) =>
        File.ReadAllText(DocumentedBlock.Checkout(Page))
            .Split("\n## ")
            .Single(section => section.StartsWith(heading, StringComparison.Ordinal));

    [GeneratedRegex(@"^\| `(\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex FieldRow();

    [GeneratedRegex(@"`(total_\w+)`")]
    private static partial Regex ShortName();
}
