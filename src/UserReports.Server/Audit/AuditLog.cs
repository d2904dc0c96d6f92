using System.Globalization;
using System.Text.Json;
using UserReports.Server.Configuration;
using UserReports.Server.Telemetry;

namespace UserReports.Server.Audit;

/// <summary>Where the audit log is and for how long.</summary>
public sealed record AuditSettings(string Folder, int RetentionDays)
{
    internal static AuditSettings Of(ServerSettings settings) =>
        new(settings.FolderOf(SettingsTable.AuditFolder), settings.Of(SettingsTable.AuditRetentionDays));
}

/// <summary>Who read what: one JSON object per line, one file per day (UTC), only ever appended to.</summary>
/// <remarks>
/// A record has reached the operating system when <see cref="Write"/> returns, so it outlives the process; it does not
/// wait for the disk. A file that vanished while open is made anew. One process at a time writes to a folder: two would
/// write over each other's lines, so the second is refused. Reading needs no such right.
/// </remarks>
public sealed class AuditLog(AuditSettings settings, TimeProvider time, ILogger<AuditLog> logger) : IDisposable
{
    private const string Prefix = "audit-";
    private const string Suffix = ".jsonl";
    private const string LockFile = "audit.lock";
    private const string DayFormat = "yyyy-MM-dd";

    private readonly Lock writing = new();
    private FileStream? file;
    private FileStream? held;
    private DateOnly day;
    private bool isTorn;

    /// <summary>Appends a record.</summary>
    /// <exception cref="AuditException">It could not be written; what it records must be refused.</exception>
    public void Write(AuditRecord record)
    {
        var line = JsonSerializer.SerializeToUtf8Bytes(record, AuditJson.Default.AuditRecord);
        Array.Resize(ref line, line.Length + 1);
        line[^1] = (byte)'\n';
        lock (writing)
        {
            try
            {
                Open(DateOnly.FromDateTime(record.At.UtcDateTime));
                if (isTorn)
                    file!.WriteByte((byte)'\n');
                isTorn = true;
                file!.Write(line);
                isTorn = false;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
            {
                Close();
                ServiceMeter.FailAudit();
                AuditMessages.CannotWrite(logger, settings.Folder, e);
                throw new AuditException($"The audit log in {settings.Folder} cannot be written: {e.Message}", e);
            }
        }
    }

    /// <summary>The records that match, the newest first.</summary>
    public async Task<IReadOnlyList<AuditRecord>> SearchAsync(AuditQuery query, CancellationToken cancellationToken)
    {
        List<AuditRecord> found = [];
        foreach (var (path, date) in Files().OrderByDescending(f => f.Day))
        {
            if (
                found.Count >= query.Limit
                || query.Since is { } since && date < DateOnly.FromDateTime(since.UtcDateTime)
            )
                break;
            if (query.Until is { } until && date > DateOnly.FromDateTime(until.UtcDateTime))
                continue;
            var newest = new Queue<AuditRecord>();
            await foreach (var kept in ReadAsync(path, cancellationToken))
            {
                if (!IsAsked(kept, query))
                    continue;
                var record = query.Shown?.Invoke(kept) ?? kept;
                if (query.Text is { } text && !Holds(record, text))
                    continue;
                newest.Enqueue(record);
                if (newest.Count > query.Limit - found.Count)
                    newest.Dequeue();
            }

            found.AddRange(newest.Reverse());
        }

        return found;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (writing)
        {
            Close();
            held?.Dispose();
            held = null;
        }
    }

    /// <summary>Deletes the days that are older than the setting; one that cannot be deleted stays.</summary>
    public void Forget()
    {
        var oldest = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddDays(-settings.RetentionDays);
        try
        {
            foreach (var (path, date) in Files())
            {
                if (date < oldest)
                    File.Delete(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            AuditMessages.CannotForget(logger, settings.Folder, e);
        }
    }

    private void Open(DateOnly wanted)
    {
        if (file is not null && day == wanted && File.Exists(file.Name))
            return;
        Close();
        Directory.CreateDirectory(settings.Folder);
        Hold();
        var options = new FileStreamOptions
        {
            Mode = FileMode.Append,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var path = Path.Combine(
            settings.Folder,
            Prefix + wanted.ToString(DayFormat, CultureInfo.InvariantCulture) + Suffix
        );
        file = new(path, options);
        day = wanted;
        isTorn = !EndsWithLine(path, file.Length);
    }

    private void Hold()
    {
        var path = Path.Combine(settings.Folder, LockFile);
        if (held is not null && File.Exists(path))
            return;
        held?.Dispose();
        held = null;
        held = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
    }

    /// <summary>A process that was killed while it wrote may have left half a line.</summary>
    private static bool EndsWithLine(string path, long length)
    {
        if (length == 0)
            return true;
        using var reader = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        reader.Seek(-1, SeekOrigin.End);
        return reader.ReadByte() == '\n';
    }

    private List<(string Path, DateOnly Day)> Files()
    {
        List<(string, DateOnly)> files = [];
        if (!Directory.Exists(settings.Folder))
            return files;
        foreach (var path in Directory.EnumerateFiles(settings.Folder, Prefix + "*" + Suffix))
        {
            var name = Path.GetFileName(path)[Prefix.Length..^Suffix.Length];
            if (
                DateOnly.TryParseExact(name, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            )
                files.Add((path, date));
        }

        return files;
    }

    private static async IAsyncEnumerable<AuditRecord> ReadAsync(
        string path,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var stream = new FileStream(
            path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete
        );
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (TryParse(line) is { } record)
                yield return record;
        }
    }

    private static AuditRecord? TryParse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, AuditJson.Default.AuditRecord);
        }
        catch (JsonException)
        {
            // Half a line, left by a full disk or a killed process; the read that it was for was refused.
            return null;
        }
    }

    private static bool IsAsked(AuditRecord record, AuditQuery query) =>
        (query.Since is null || record.At >= query.Since)
        && (query.Until is null || record.At < query.Until)
        && (
            query.User is null
            || query.User.Equals(record.Username, StringComparison.OrdinalIgnoreCase)
            || query.User == record.AccountId?.ToString(CultureInfo.InvariantCulture)
        );

    private static bool Holds(AuditRecord record, string part) =>
        Holds(record.Route, part)
        || Holds(record.Path, part)
        || Holds(record.Event, part)
        || Holds(record.Question, part)
        || record.Within?.Any(look => Holds(look, part)) == true;

    private static bool Holds(string? text, string part) =>
        text?.Contains(part, StringComparison.OrdinalIgnoreCase) == true;

    private void Close()
    {
        file?.Dispose();
        file = null;
    }
}

/// <summary>What the audit log says to the ordinary one.</summary>
internal static partial class AuditMessages
{
    [LoggerMessage(
        EventId = 6001,
        Level = LogLevel.Error,
        Message = "The audit log in {Folder} cannot be written, so every read is refused until it can. Check disk and rights."
    )]
    public static partial void CannotWrite(ILogger logger, string folder, Exception exception);

    [LoggerMessage(
        EventId = 6002,
        Level = LogLevel.Error,
        Message = "Days of the audit log in {Folder} that are kept no longer cannot be deleted. Check rights."
    )]
    public static partial void CannotForget(ILogger logger, string folder, Exception exception);
}
