using System.Globalization;
using System.IO.Compression;
using System.Net;
using UserReports.Core.Reports;

namespace UserReports.Server.Tests.Export;

/// <summary>
/// An export whose client reads slowly: a refresh goes on beside it, it delivers its one snapshot, and it lets go of
/// everything when its client leaves.
/// </summary>
public sealed class ExportSnapshotTests(ExportSnapshotTests.HeavyServer heavy)
    : IClassFixture<ExportSnapshotTests.HeavyServer>
{
    private readonly RunningServer server = heavy.Server;

    [Theory]
    [InlineData("csv")]
    [InlineData("ndjson")]
    [InlineData("parquet")]
    [InlineData("xlsx")]
    public async Task Export_WhileEveryRowIsReplaced_IsWhatItWasBefore(string format)
    {
        using var undisturbed = await SendAsync(format);
        var expected = await ReadAsync(undisturbed, format);
        var version = server.Store.Reader.Snapshot!.Version;

        using var disturbed = await SendAsync(format);
        await server.RefreshAsync(heavy.NextReports());
        Assert.NotEqual(version, server.Store.Reader.Snapshot!.Version);
        await AssertRunsAsync();
        var actual = await ReadAsync(disturbed, format);

        Assert.Equal(expected.Length, actual.Length);
        Assert.True(AreSame(expected, actual));
        using var later = await SendAsync(format);
        Assert.False(AreSame(expected, await ReadAsync(later, format)));
    }

    [Fact]
    public async Task Export_ItsClientLeaves_LetsGoOfItsPlaceAndItsSnapshot()
    {
        var before = StoreFiles();
        var abandoned = await SendAsync("ndjson");
        await server.RefreshAsync(heavy.NextReports());
        await AssertRunsAsync();
        Assert.Subset(StoreFiles(), before);

        abandoned.Dispose();

        // The files of the replaced reports go when nobody reads them any more, and only then.
        HttpStatusCode status;
        do
        {
            await Task.Delay(20, Stop);
            status = await StatusAsync();
        } while (StoreFiles().Overlaps(before) || status == HttpStatusCode.TooManyRequests);

        Assert.Equal(HttpStatusCode.OK, status);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>What a file holds; of a sheet without the archive around it, which says when it was written.</summary>
    private static async Task<byte[]> ReadAsync(HttpResponseMessage answer, string format)
    {
        var file = await answer.Content.ReadAsByteArrayAsync(Stop);
        if (format != "xlsx")
            return file;
        using var archive = new ZipArchive(new MemoryStream(file));
        using var content = new MemoryStream();
        foreach (var part in archive.Entries)
        {
            await using var stream = await part.OpenAsync(Stop);
            await stream.CopyToAsync(content, Stop);
        }

        return content.ToArray();
    }

    private static bool AreSame(byte[] one, byte[] other) => one.AsSpan().SequenceEqual(other);

    /// <summary>The one place for exports is taken: the answer is not yet all on its way.</summary>
    private async Task AssertRunsAsync() => Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync());

    private async Task<HttpStatusCode> StatusAsync()
    {
        using var answer = await SendAsync("csv", "&q=username:nobody-of-this-name");
        return answer.StatusCode;
    }

    /// <summary>The files that hold reports, without those of the store as a whole.</summary>
    private HashSet<string> StoreFiles() =>
        [
            .. Directory
                .EnumerateFiles(server.Store.Directory, "*", SearchOption.AllDirectories)
                .Select(Path.GetFileName)
                .OfType<string>()
                .Where(name => name.Contains(".g0", StringComparison.Ordinal)),
        ];

    /// <summary>As soon as the first bytes are there; the rest waits for its reader.</summary>
    private Task<HttpResponseMessage> SendAsync(string format, string more = "")
    {
        var request = new HttpRequestMessage(
            HttpMethod.Get,
            $"{RunningServer.Root}export/?format={format}&ordering=-username{more}"
        );
        request.Headers.TryAddWithoutValidation("Authorization", People.Superuser.TokenHeader);
        return server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
    }

    /// <summary>One server for all, whose reports a test finds as the one before left them.</summary>
    public sealed class HeavyServer : IAsyncLifetime
    {
        private int made;

        public RunningServer Server { get; private set; } = null!;

        /// <summary>Reports of which none is as it was before.</summary>
        public IReadOnlyList<Report> NextReports() =>
            HeavyReports.Make(string.Create(CultureInfo.InvariantCulture, $"state {++made}"));

        public async ValueTask InitializeAsync() =>
            Server = await RunningServer.StartAsync(NextReports(), ("Exports:Concurrent", "1"));

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
