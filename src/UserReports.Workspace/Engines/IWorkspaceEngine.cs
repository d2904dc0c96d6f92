namespace UserReports.Workspace.Engines;

/// <summary>What keeps the workspace's tables.</summary>
internal interface IWorkspaceEngine
{
    /// <summary>Which workspace it is, as it stands in messages: a file, or a database and its server.</summary>
    string Place { get; }

    /// <summary>A context with an open connection; whoever asked disposes of it.</summary>
    Task<WorkspaceContext> OpenAsync(CancellationToken cancellationToken);

    /// <summary>Whether the table of migrations is there: what no statement says alike on both engines.</summary>
    string HistoryExists { get; }

    /// <summary>Microseconds since 1970, as a piece of SQL: by the server's clock, where nodes share one; else by this
    /// node's.</summary>
    string Now(TimeProvider time);

    /// <summary>Before tables are made or changed: what must hold, and a lock that others wait for until it is
    /// disposed of.</summary>
    Task<IAsyncDisposable> PrepareAsync(WorkspaceContext context, CancellationToken cancellationToken);

    /// <summary>In one line: why the workspace cannot be used, and what to do.</summary>
    string Tell(Exception exception);
}
