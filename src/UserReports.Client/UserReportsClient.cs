using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;

namespace UserReports.Client;

/// <summary>Asks a UserReports server. All but this file is generated from its OpenAPI document.</summary>
/// <remarks>
/// What a server refuses is thrown as <see cref="UserReportsException{TResult}"/> of <see cref="Problem"/>, whose code
/// can be relied on. A client holds no state and may be used by many threads.
/// </remarks>
public partial class UserReportsClient
{
    /// <summary>An HTTP client that asks this server with this token; the caller disposes of it.</summary>
    /// <param name="server">Where the service is, with the path that it is served under if there is one.</param>
    /// <param name="token">The API token of an active superuser of the platform.</param>
    public static HttpClient NewHttpClient(Uri server, string token)
    {
        ArgumentNullException.ThrowIfNull(server);
        var address = server.AbsoluteUri;
        var handler = new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All };
        return new(handler)
        {
            BaseAddress = new(address.EndsWith('/') ? address : address + "/"),
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Token", token) },
        };
    }

    /// <summary>Every report of a query, asked for page by page as they are taken.</summary>
    /// <param name="q">Which rows, in the query language; everything for null.</param>
    /// <param name="ordering">Up to five paths, separated by commas; by username for null.</param>
    /// <param name="fields">Only these paths; all other members are null, zero, false or empty then. All for null.</param>
    /// <param name="pageSize">Rows of a request; the server cuts too large a number.</param>
    /// <param name="cancellationToken">Ends the reading between two rows or inside a request.</param>
    /// <remarks>
    /// A refresh that completes meanwhile is seen from the next page on; an export is one snapshot instead.
    /// </remarks>
    /// <exception cref="UserReportsException">The server refused, or answered what cannot be understood.</exception>
    public async IAsyncEnumerable<Report> ReadAllAsync(
        string? q = null,
        string? ordering = null,
        string? fields = null,
        int pageSize = 1000,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        var cursor = "";
        while (cursor is not null)
        {
            var page = await ListReportsAsync(
                    q,
                    ordering,
                    limit: pageSize,
                    cursor: cursor,
                    count: false,
                    fields: fields,
                    cancellationToken: cancellationToken
                )
                .ConfigureAwait(false);
            foreach (var report in page.Results)
                yield return report;
            cursor = page.Next is null ? null : CursorOf(page.Next);
        }
    }

    private static string CursorOf(Uri next)
    {
        foreach (var pair in next.OriginalString.Split('?')[^1].Split('&'))
        {
            if (pair.StartsWith("cursor=", StringComparison.Ordinal))
                return Uri.UnescapeDataString(pair["cursor=".Length..].Replace('+', ' '));
        }

        throw new InvalidDataException(
            $"The address of the next page has no cursor: {next.OriginalString.Split('?')[0]}"
        );
    }
}

/// <summary>A file that is being received: read <see cref="Stream"/> to its end, then dispose of this.</summary>
public partial class FileResponse
{
    /// <summary>How many reports the file holds, or null if the server does not say.</summary>
    public long? TotalCount =>
        Headers.TryGetValue("X-Total-Count", out var values)
        && long.TryParse(values.First(), System.Globalization.CultureInfo.InvariantCulture, out var count)
            ? count
            : null;

    /// <summary>What the server calls the file, or null if it does not say.</summary>
    public string? FileName =>
        Headers.TryGetValue("Content-Disposition", out var values)
        && ContentDispositionHeaderValue.TryParse(values.First(), out var disposition)
            ? disposition.FileName?.Trim('"')
            : null;
}
