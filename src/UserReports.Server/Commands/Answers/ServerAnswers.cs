using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using UserReports.Server.Api;
using UserReports.Server.Api.Exports;
using UserReports.Server.Api.History;
using UserReports.Server.Audit;
using UserReports.Server.Requests;

namespace UserReports.Server.Commands.Answers;

/// <summary>Answers of a running server.</summary>
internal sealed class ServerAnswers : IReportAnswers
{
    private const string Root = "api/v2/user-reports/";
    private const int PageRows = 1000;
    private const int CopyBytes = 128 * 1024;

    private readonly HttpClient client;

    public ServerAnswers(Uri server, string token)
    {
        // What follows the last slash of a base would be left out of the addresses made from it.
        var folder = server.AbsolutePath.EndsWith('/')
            ? server
            : new UriBuilder(server) { Path = server.AbsolutePath + "/" }.Uri;
        client = new() { BaseAddress = folder, Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.Authorization = new("Token", token);
    }

    public async Task<ReportsAnswer> FindAsync(ReportRequest request, int limit, CancellationToken cancellationToken)
    {
        List<ReadOnlyMemory<byte>> rows = [];
        long? count = null;
        IReadOnlyList<string> warnings = [];
        var next = Root + Parameters(request, ("limit", Whole(Math.Min(limit, PageRows))), ("cursor", ""));
        while (next is not null && rows.Count < limit)
        {
            using var page = await ReadAsync(next, cancellationToken);
            var answer = page.RootElement;
            if (answer.TryGetProperty("count", out var number))
                count ??= number.GetInt64();
            if (answer.TryGetProperty("warnings", out var list))
                warnings = [.. QueryWarnings.Messages(list)];
            rows.AddRange(
                answer
                    .GetProperty("results")
                    .EnumerateArray()
                    .Select(row => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(row.GetRawText()))
            );
            next = answer.GetProperty("next").GetString() is { } url
                ? new Uri(client.BaseAddress!, url).PathAndQuery
                : null;
        }

        return new(count ?? rows.Count, rows.Count > limit ? rows[..limit] : rows, warnings);
    }

    public async Task<ComparisonAnswer> CompareAsync(
        ComparisonRequest request,
        int limit,
        CancellationToken cancellationToken
    )
    {
        List<ReadOnlyMemory<byte>> rows = [];
        ComparisonAnswer? answer = null;
        var next =
            $"{Root}compare/"
            + Parameters(
                request.Rows,
                ("from", request.From),
                ("to", request.To),
                ("show", request.Show),
                ("limit", Whole(Math.Min(limit, PageRows))),
                ("cursor", "")
            );
        while (next is not null && rows.Count < limit)
        {
            using var page = await ReadAsync(next, cancellationToken);
            var root = page.RootElement;
            var counts = root.GetProperty("counts");
            rows.AddRange(
                root.GetProperty("results")
                    .EnumerateArray()
                    .Select(row => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(row.GetRawText()))
            );
            answer ??= new(
                counts.GetProperty("entered").GetInt64(),
                counts.GetProperty("left").GetInt64(),
                counts.GetProperty("changed").GetInt64(),
                counts.GetProperty("stayed").GetInt64(),
                root.GetProperty("from").GetProperty("taken_at").GetDateTimeOffset(),
                root.GetProperty("to").GetProperty("taken_at").GetDateTimeOffset(),
                rows,
                [.. QueryWarnings.Messages(root.GetProperty("warnings"))]
            );
            next = root.GetProperty("next").GetString() is { } url
                ? new Uri(client.BaseAddress!, url).PathAndQuery
                : null;
        }

        return answer! with
        {
            Rows = rows.Count > limit ? rows[..limit] : rows,
        };
    }

    public async Task<ReadOnlyMemory<byte>> HistoryAsync(
        string user,
        HistoryRequest request,
        CancellationToken cancellationToken
    )
    {
        var parameters = Parameters(
            ("metrics", request.Metrics),
            ("organization", request.Organization),
            ("from", request.From),
            ("to", request.To)
        );
        using var found = await client.GetAsync(AddressOf(user), cancellationToken);
        if (found.StatusCode != HttpStatusCode.NotFound)
        {
            await ThrowOfAsync(found, cancellationToken);
            return await found.Content.ReadAsByteArrayAsync(cancellationToken);
        }

        using var named = await ReadAsync(
            $"{Root}{Parameters(("q", NamedAccount.Query(user)), ("fields", "user_uid"), ("limit", "1"))}",
            cancellationToken
        );
        var uid = named
            .RootElement.GetProperty("results")
            .EnumerateArray()
            .Select(row => row.GetProperty("user_uid").GetString())
            .FirstOrDefault();
        using var answer = await SendAsync(AddressOf(uid ?? throw NamedAccount.Unknown(user)), cancellationToken);
        return await answer.Content.ReadAsByteArrayAsync(cancellationToken);

        string AddressOf(string account) => $"{Root}{Uri.EscapeDataString(account)}/history/{parameters}";
    }

    public async Task<ExportAnswer> ExportAsync(
        ExportRequest request,
        Stream output,
        ProgressCounter progress,
        CancellationToken cancellationToken
    )
    {
        using var response = await SendAsync(
            $"{Root}export/{Parameters(request.Rows, ("format", request.Format.Name), ("bom", request.ByteOrderMark ? "true" : null))}",
            cancellationToken
        );
        var rows = response.Headers.TryGetValues(ExportEndpoint.CountHeader, out var values)
            ? long.Parse(values.First(), CultureInfo.InvariantCulture)
            : 0;
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var arrived = new ArrivedRows(request.Format);
        var buffer = new byte[CopyBytes];
        var (bytes, seen) = (0L, (long?)null);
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0; )
        {
            await output.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            bytes += read;
            seen = arrived.After(buffer.AsSpan(0, read));
            progress.Report(new Progressed(seen, rows, bytes));
        }

        if (seen != rows)
            progress.Report(new Progressed(rows, rows, bytes));
        return new(rows, Warnings(response));
    }

    public async Task<StatusReport> StatusAsync(CancellationToken cancellationToken)
    {
        using var runs = await SendAsync($"{Root}runs/?limit=1", cancellationToken);
        var page = await JsonSerializer.DeserializeAsync(
            await runs.Content.ReadAsStreamAsync(cancellationToken),
            ApiJson.Default.RunPage,
            cancellationToken
        );
        var status = new StatusReport(null, null, page!.Results.Count == 0 ? null : page.Results[0])
        {
            // One node alone is nothing to tell.
            Nodes = page.Nodes is { Count: > 1 } nodes ? nodes : null,
            NodeWarnings = page.NodeWarnings ?? [],
        };
        using var list = await client.GetAsync(Root + "?limit=1&fields=username", cancellationToken);
        if (!list.IsSuccessStatusCode)
            return status;
        using var body = await JsonDocument.ParseAsync(
            await list.Content.ReadAsStreamAsync(cancellationToken),
            cancellationToken: cancellationToken
        );
        return status with
        {
            Rows = body.RootElement.GetProperty("count").GetInt64(),
            AgeSeconds = list.Headers.TryGetValues("X-Snapshot-Age", out var age)
                ? long.Parse(age.First(), CultureInfo.InvariantCulture)
                : null,
        };
    }

    /// <summary>Who read what, the newest first.</summary>
    public async Task<IReadOnlyList<AuditRecord>> SearchAuditAsync(
        AuditQuery query,
        CancellationToken cancellationToken
    )
    {
        var parameters = Parameters(
            ("since", query.Since?.UtcDateTime.ToString("o", CultureInfo.InvariantCulture)),
            ("user", query.User),
            ("limit", Whole(query.Limit))
        );
        using var response = await SendAsync($"{Root}audit/{parameters}", cancellationToken);
        return await JsonSerializer.DeserializeAsync(
                await response.Content.ReadAsStreamAsync(cancellationToken),
                ApiJson.Default.IReadOnlyListAuditRecord,
                cancellationToken
            ) ?? [];
    }

    private static IReadOnlyList<string> Warnings(HttpResponseMessage response)
    {
        if (!response.Headers.TryGetValues(QueryWarnings.Header, out var values))
            return [];
        using var list = JsonDocument.Parse(values.First());
        return [.. QueryWarnings.Messages(list.RootElement)];
    }

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string Whole(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Parameters(ReportRequest request, params ReadOnlySpan<(string Name, string? Value)> more) =>
        Parameters([
            ("q", request.Q),
            ("ordering", request.Ordering),
            ("fields", request.Fields),
            ("at", request.At),
            .. more,
        ]);

    private static string Parameters(params IReadOnlyList<(string Name, string? Value)> all) =>
        "?"
        + string.Join(
            '&',
            all.Where(p => p.Value is not null && (p.Value.Length > 0 || p.Name == "cursor"))
                .Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}")
        );

    private async Task<JsonDocument> ReadAsync(string address, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(address, cancellationToken);
        return await JsonDocument.ParseAsync(
            await response.Content.ReadAsStreamAsync(cancellationToken),
            cancellationToken: cancellationToken
        );
    }

    private async Task<HttpResponseMessage> SendAsync(string address, CancellationToken cancellationToken)
    {
        var response = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        try
        {
            await ThrowOfAsync(response, cancellationToken);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    /// <exception cref="CommandException">The server refuses, and says why.</exception>
    private static async Task ThrowOfAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
            throw new CommandException(
                await DetailAsync(response, cancellationToken),
                response.StatusCode == HttpStatusCode.BadRequest ? ExitCode.WrongUsage : ExitCode.Failed
            );
    }

    private static async Task<string> DetailAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true)
        {
            using var problem = await JsonDocument.ParseAsync(
                await response.Content.ReadAsStreamAsync(cancellationToken),
                cancellationToken: cancellationToken
            );
            if (problem.RootElement.TryGetProperty("detail", out var detail) && detail.GetString() is { } text)
                return text;
        }

        return $"The server answered {(int)response.StatusCode} {response.ReasonPhrase}. Is that its address?";
    }
}
