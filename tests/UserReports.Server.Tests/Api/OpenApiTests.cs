using System.Runtime.CompilerServices;
using System.Text.Json;
using UserReports.Core.Reports;

namespace UserReports.Server.Tests.Api;

/// <summary>
/// The OpenAPI document is reviewed: a change of it is a change of the committed file, and of the client made from it.
/// USERREPORTS_UPDATE_SNAPSHOTS=1 writes both anew.
/// </summary>
public sealed class OpenApiTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    [Fact]
    public async Task Document_IsTheCommittedOne() =>
        await AssertCommittedAsync(
            "docs/openapi.v2.json",
            JsonSerializer.Serialize(await DocumentAsync(), Indented).ReplaceLineEndings("\n") + "\n"
        );

    [Fact]
    public async Task Client_IsWhatTheDocumentMakes() =>
        await AssertCommittedAsync(
            "src/UserReports.Client/UserReportsClient.g.cs",
            await ClientGeneration.GenerateAsync(
                (await DocumentAsync()).GetRawText(),
                TestContext.Current.CancellationToken
            )
        );

    [Fact]
    public async Task Document_ItsReport_HasEveryFieldOfTheCatalogue()
    {
        var document = await DocumentAsync();
        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString());
        var report = document.GetProperty("components").GetProperty("schemas").GetProperty("Report");
        Assert.Equal(
            ReportCatalogue.Fields.Select(field => field.Name),
            report.GetProperty("properties").EnumerateObject().Select(member => member.Name)
        );
        foreach (
            var operation in document
                .GetProperty("paths")
                .EnumerateObject()
                .SelectMany(path => path.Value.EnumerateObject())
        )
        {
            Assert.NotEmpty(operation.Value.GetProperty("summary").GetString()!);
            Assert.True(operation.Value.GetProperty("responses").TryGetProperty("401", out _), operation.Name);
        }
    }

    private static async Task<JsonElement> DocumentAsync()
    {
        await using var server = await RunningServer.StartAsync([]);
        using var answer = await server.GetAsync("/openapi/v2.json", People.Superuser.TokenHeader);
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync());
    }

    private static async Task AssertCommittedAsync(string file, string text, [CallerFilePath] string here = "")
    {
        var path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../..", file));
        if (Environment.GetEnvironmentVariable("USERREPORTS_UPDATE_SNAPSHOTS") == "1")
            await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        Assert.Equal(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), text);
    }
}
