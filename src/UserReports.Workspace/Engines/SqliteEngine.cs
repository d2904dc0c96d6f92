using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace UserReports.Workspace.Engines;

/// <summary>The workspace in a file, of one process.</summary>
internal sealed class SqliteEngine : IWorkspaceEngine
{
    /// <summary>How long a writer waits for another one.</summary>
    private const int BusySeconds = 30;

    private readonly DbContextOptions<SqliteWorkspace> options;

    /// <param name="path">The file; it is made, and its folder, if it is not there.</param>
    public SqliteEngine(string path)
    {
        Place = Path.GetFullPath(path);
        var connection = new SqliteConnectionStringBuilder
        {
            DataSource = Place,
            DefaultTimeout = BusySeconds,
            // A connection that is closed must let go of its file.
            Pooling = false,
        };
        options = new DbContextOptionsBuilder<SqliteWorkspace>().UseSqlite(connection.ConnectionString).Options;
    }

    public string Place { get; }

    public string HistoryExists =>
        $"select count(*) from sqlite_master where type = 'table' and name = '{WorkspaceMigration.History}'";

    public string Now(TimeProvider time) =>
        Instants.Microseconds(time.GetUtcNow()).ToString(CultureInfo.InvariantCulture);

    /// <summary>Keeps other processes from using a workspace as nodes, until it is disposed of.</summary>
    /// <exception cref="IOException">Another one does.</exception>
    public static FileStream Hold(string place) =>
        new(place + ".node", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    public async Task<WorkspaceContext> OpenAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Place)!);
        var context = new SqliteWorkspace(options);
        try
        {
            await context.Database.OpenConnectionAsync(cancellationToken);
            // Confirming to a source what a power cut then takes back would lose it: each commit goes to the disk.
            await ExecuteAsync(context, "pragma journal_mode = wal; pragma synchronous = full;", cancellationToken);
            return context;
        }
        catch (Exception e) when (e is DbException)
        {
            await context.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// The lock that the framework takes is a row, which a process that was killed leaves behind; the file belongs to
    /// this one.
    /// </summary>
    public async Task<IAsyncDisposable> PrepareAsync(WorkspaceContext context, CancellationToken cancellationToken)
    {
        await ExecuteAsync(context, "drop table if exists \"__EFMigrationsLock\"", cancellationToken);
        return new Nothing();
    }

    public string Tell(Exception exception) =>
        $"The workspace {Place} cannot be used: {exception.Message} Check that the folder may be written to and that "
        + "its disk has room.";

    private static async Task ExecuteAsync(WorkspaceContext context, string sql, CancellationToken cancellationToken)
    {
        await using var command = context.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed class Nothing : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
