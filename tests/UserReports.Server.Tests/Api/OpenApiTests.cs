using System.Runtime.CompilerServices;
using System.Text.Json;
using UserReports.Core.Reports;

namespace UserReports.Server.Tests.Api;

/// <summary>The OpenAPI document is reviewed: a change of it is a change of the committed file.</summary>
public sealed class OpenApiTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>USERREPORTS_UPDATE_SNAPSHOTS=1 writes the file anew.</summary>
    [Fact]
    public async Task Document_IsTheCommittedOne()
    {
        var document = await DocumentAsync();
        var text = JsonSerializer.Serialize(document, Indented).ReplaceLineEndings("\n") + "\n";
        if (Environment.GetEnvironmentVariable("USERREPORTS_UPDATE_SNAPSHOTS") == "1")
            await File.WriteAllTextAsync(SnapshotPath(), text, TestContext.Current.CancellationToken);
        Assert.Equal(await File.ReadAllTextAsync(SnapshotPath(), TestContext.Current.CancellationToken), text);
    }

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

    private static string SnapshotPath([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "openapi.v2.json");
}
