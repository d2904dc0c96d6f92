using System.IO.Pipelines;
using Microsoft.Extensions.Logging.Abstractions;
using UserReports.Core.Query;
using UserReports.Server.Api.History;
using UserReports.Server.Api.Runs;
using UserReports.Server.Configuration;
using UserReports.Server.Export;
using UserReports.Server.Export.Csv;
using UserReports.Server.Hosting;
using UserReports.Server.Http;
using UserReports.Server.Requests;
using UserReports.Sources.Reading;
using UserReports.Store;
using UserReports.Store.DuckDb;
using UserReports.Workspace;
using UserReports.Workspace.Nodes;

namespace UserReports.Server.Commands.Answers;

/// <summary>Answers from the store itself, while no server runs.</summary>
internal sealed class StoreAnswers : IReportAnswers
{
    private readonly IReportStore store;
    private readonly WorkspaceDatabase? workspace;
    private readonly bool protectFormulas;
    private readonly ReportSource? sources;

    private StoreAnswers(IReportStore store, WorkspaceDatabase? workspace, ServerSettings settings)
    {
        this.store = store;
        this.workspace = workspace;
        protectFormulas = settings.Of(SettingsTable.FormulaProtection);
        // Only a question after days needs them, and only then one of them is opened.
        sources =
            settings.Of(SettingsTable.Platform).Length > 0 && settings.Of(SettingsTable.Usage).Length > 0
                ? new(ServerHost.SourceSettingsOf(settings), TimeProvider.System)
                : null;
    }

    /// <exception cref="CommandException">There is no store, or a server or another command holds it.</exception>
    public static StoreAnswers Open(ServerSettings settings, Terminal terminal)
    {
        if (settings.IsStoreShared)
            return OpenShared(settings, terminal);
        var place = ServerHost.StoreSettingsOf(settings);
        // A mistyped place stays as it is: who only reads makes no store there.
        if (!DuckDbStore.Exists(place))
            throw new CommandException(
                $"{NoStore(place)} Look at the setting Store, or make one: {CommandLine.Name} refresh"
            );
        try
        {
            var opened = DuckDbStore.Open(place, TimeProvider.System, NullLogger<DuckDbStore>.Instance);
            terminal.Error.WriteLine($"No server is asked: reading the store in {opened.Directory}.");
            return new(opened, null, settings);
        }
        catch (StoreInUseException e)
        {
            throw new CommandException(
                "The store is in use, probably by a running server. Ask it: set USERREPORTS_TOKEN to an API token, "
                    + "and USERREPORTS_URL, or --url http://127.0.0.1:5080.",
                inner: e
            );
        }
    }

    private static StoreAnswers OpenShared(ServerSettings settings, Terminal terminal)
    {
        terminal.Error.WriteLine(
            $"No server is asked: reading the store on {StoreOpening.SettingsOf(settings).Server}."
        );
        var workspace = new WorkspaceDatabase(FollowingSettings.WorkspaceOf(settings), TimeProvider.System);
        return new(StoreOpening.Shared(settings, workspace, TimeProvider.System), workspace, settings);
    }

    /// <summary>What to say where a store should be.</summary>
    internal static string NoStore(StoreSettings place) => $"There is no store at {Path.GetFullPath(place.Path)}.";

    public async Task<ReportsAnswer> FindAsync(ReportRequest request, int limit, CancellationToken cancellationToken)
    {
        var project = Projection(request.Fields);
        var query = Taken(request.Compile());
        var page = await (await ReaderAsync(request.At, cancellationToken)).FindAsync(
            query,
            new(limit),
            cancellationToken
        );
        return new(
            page.Count ?? page.Documents.Count,
            project is null ? page.Documents : [.. page.Documents.Select(project)],
            Messages(query)
        );
    }

    public async Task<ComparisonAnswer> CompareAsync(
        ComparisonRequest request,
        int limit,
        CancellationToken cancellationToken
    )
    {
        List<RequestFault> faults = [];
        var query = request.Compile(conceals: false, faults) ?? throw Refused(faults);
        var page = await store.History.CompareAsync(query, new(limit), null, cancellationToken);
        var counts = page.Counts;
        return new(
            counts.Entered,
            counts.Left,
            counts.Changed,
            counts.Stayed,
            page.From.CompletedAt,
            page.To.CompletedAt,
            [.. page.Rows.Select(new ComparedRows(query.Fields, document => document).Write)],
            Messages(query.Query)
        );
    }

    public async Task<ReadOnlyMemory<byte>> HistoryAsync(
        string user,
        HistoryRequest request,
        CancellationToken cancellationToken
    )
    {
        var histories = new AccountHistories(store, sources, TimeProvider.System);
        List<RequestFault> faults = [];
        var question = request.Compile(histories.Today, faults) ?? throw Refused(faults);
        var reader = store.Reader;
        var accounts = await reader.StaleAccountsAsync(user, DateTimeOffset.MaxValue, 1, cancellationToken);
        if (accounts.Count == 0)
        {
            accounts = await reader.StaleAccountsAsync(
                Taken(QueryCompiler.Compile(NamedAccount.Query(user), null)),
                new(1, Count: false),
                DateTimeOffset.MaxValue,
                1,
                cancellationToken
            );
        }

        if (accounts.Count == 0)
            throw NamedAccount.Unknown(user);
        var history = await histories.ReadAsync(
            accounts[0],
            [.. (await reader.FindAccountsAsync(accounts, cancellationToken)).Select(found => found.Document)],
            question,
            document => document,
            null,
            faults,
            cancellationToken
        );
        return history?.ToJson() ?? throw Refused(faults);
    }

    public async Task<ExportAnswer> ExportAsync(
        ExportRequest request,
        Stream output,
        ProgressCounter progress,
        CancellationToken cancellationToken
    )
    {
        var columns = request.Format == ExportFormat.NdJson ? ExportColumns.All : ExportColumns.Of(request.Rows.Fields);
        var query = Taken(request.Compile());
        var reader = await ReaderAsync(request.Rows.At, cancellationToken);
        await using var export = await reader.ExportAsync(query, cancellationToken);
        ReportExporter.Check(request.Format, export.Count);
        progress.Report(0, export.Count);
        var pipe = PipeWriter.Create(output, new(leaveOpen: true));
        await ReportExporter.WriteAsync(
            export,
            request.Format,
            columns,
            new CsvStyle(protectFormulas, request.ByteOrderMark),
            Projection(request.Rows.Fields),
            pipe,
            progress,
            cancellationToken
        );
        await pipe.CompleteAsync();
        return new(export.Count, Messages(query));
    }

    public async Task<StatusReport> StatusAsync(CancellationToken cancellationToken)
    {
        var runs = await store.Runs.ListAsync(cancellationToken);
        var snapshot = store.Reader.Snapshot;
        var nodes = await NodesAsync(cancellationToken);
        return new(
            snapshot?.Rows,
            snapshot is null ? null : (long)(TimeProvider.System.GetUtcNow() - snapshot.CompletedAt).TotalSeconds,
            runs.Count == 0 ? null : RunEntry.Of(runs[0])
        )
        {
            Nodes = nodes?.Nodes,
            NodeWarnings = nodes?.Warnings ?? [],
        };
    }

    /// <exception cref="CommandException">The text is neither a day nor an instant.</exception>
    private async Task<IReportReader> ReaderAsync(string? at, CancellationToken cancellationToken)
    {
        if (at is null)
            return store.Reader;
        var before =
            PastReports.Parse(at)
            ?? throw new CommandException(
                $"--at is '{at}', but it must be a day or an instant, as in 2026-11-02 or 2026-11-02T08:00:00Z.",
                ExitCode.WrongUsage
            );
        return await store.History.AtAsync(before, cancellationToken);
    }

    private async Task<NodesEntry?> NodesAsync(CancellationToken cancellationToken)
    {
        if (workspace is not { IsShared: true })
            return null;
        using var known = new KnownNodes(workspace, TimeProvider.System);
        return await NodesEntry.OfAsync(workspace.Leadership, known, null, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        if (sources is not null)
            await sources.DisposeAsync();
        if (workspace is not null)
            await workspace.DisposeAsync();
    }

    private static IReadOnlyList<string> Messages(ReportQuery query) =>
        [.. query.Warnings.Select(warning => warning.Message)];

    private static ReportQuery Taken(QueryResult compiled) =>
        compiled.Query
        ?? throw new CommandException(
            string.Join(Environment.NewLine, compiled.Errors.Select(error => error.Message)),
            ExitCode.WrongUsage
        );

    private static Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>? Projection(string? fields)
    {
        List<RequestFault> faults = [];
        var projection = FieldProjection.Read(fields, faults);
        if (faults.Count > 0)
            throw Refused(faults);
        return projection is null ? null : projection.Apply;
    }

    private static CommandException Refused(List<RequestFault> faults) =>
        new(string.Join(Environment.NewLine, faults.Select(f => f.Detail)), ExitCode.WrongUsage);
}
