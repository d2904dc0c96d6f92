using UserReports.Core.Reports;
using UserReports.Sources;
using UserReports.Sources.Generating;
using UserReports.Sources.Reading;

namespace UserReports.Bench.Loops;

/// <summary>
/// A thousand generated accounts as the sources give them, from an embedded pair that is gone afterwards.
/// </summary>
internal static class GeneratedBatch
{
    public const int Accounts = 1_000;

    /// <summary>The present of these accounts, always the same: so are they.</summary>
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    public static async Task<SourceBatch> ReadAsync()
    {
        var folder = Directory.CreateTempSubdirectory("user-reports-loops-");
        try
        {
            var settings = new SourceSettings(
                $"Data Source={Path.Combine(folder.FullName, "platform")}",
                $"Data Source={Path.Combine(folder.FullName, "usage")}"
            );
            await SourceGenerator.GenerateAsync(
                settings.Platform,
                settings.Usage,
                new(Accounts, Now),
                progress: null,
                CancellationToken.None
            );
            await using var source = new ReportSource(settings, TimeProvider.System);
            return await source.ReadRangeAsync(new(1, Accounts), Now, CancellationToken.None);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
