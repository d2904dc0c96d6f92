using System.Text.Json;
using UserReports.Server.Limits;

namespace UserReports.Server.Access.Sessions;

/// <summary>Sessions in one small file beside the store, so that a restart neither ends nor revives any.</summary>
/// <remarks>
/// Beginning and ending are written at once, whole, to a temporary file that takes the old one's name; uses at most
/// once a minute. A file that cannot be read is set aside, and everybody signs in again.
/// </remarks>
public sealed class FileSessions : ISessionStore, IDisposable
{
    private const string FileName = "sessions.json";
    private static readonly TimeSpan Grain = TimeSpan.FromMinutes(1);

    private readonly Lock changing = new();
    private readonly OpenSessions sessions = new();
    private readonly string path;
    private readonly TimeSpan idleMax;
    private readonly TimeProvider time;
    private readonly ILogger<FileSessions> logger;
    private DateTimeOffset keptAt;
    private bool isLoaded;
    private bool isChanged;

    /// <summary>Reads nothing yet.</summary>
    /// <param name="folder">Where the file lies, or will.</param>
    /// <param name="idleMax">How long a session lasts unused.</param>
    public FileSessions(string folder, TimeSpan idleMax, TimeProvider time, ILogger<FileSessions> logger)
    {
        this.idleMax = idleMax;
        path = Path.Combine(folder, FileName);
        (this.time, this.logger) = (time, logger);
    }

    /// <inheritdoc/>
    public bool IsNewAddress(long accountId, string? address) =>
        With(all => address is null || !all.Knows(accountId, ClientNetwork.Of(address)));

    /// <inheritdoc/>
    public void Begin(Session session) =>
        With(all =>
        {
            all.Add(session, session.StartedFrom is { } address ? ClientNetwork.Of(address) : null, time.GetUtcNow());
            try
            {
                Keep(all);
            }
            catch (SessionStoreException)
            {
                all.Remove(session.Id);
                throw;
            }

            return true;
        });

    /// <inheritdoc/>
    public IReadOnlyList<Session> Of(long accountId) => With(all => all.Of(accountId).Where(IsOpen).ToList());

    /// <inheritdoc/>
    public bool IsOpen(string id) => With(all => all.Find(id) is { } session && IsOpen(session));

    /// <inheritdoc/>
    public void Touch(string id, string? address) =>
        With(all =>
        {
            var now = time.GetUtcNow();
            if (
                all.Find(id) is not { } session
                || !IsOpen(session)
                || now - session.LastUsedAt < Grain && session.LastUsedFrom == address
            )
                return false;
            all.Replace(session with { LastUsedAt = now, LastUsedFrom = address });
            isChanged = true;
            if (now - keptAt < Grain)
                return true;
            try
            {
                Keep(all);
            }
            catch (SessionStoreException)
            {
                // It is in the log, and only a time of use is lost: nobody has to be refused for it.
                keptAt = now;
            }

            return true;
        });

    /// <inheritdoc/>
    public bool End(long accountId, string id) =>
        With(all =>
        {
            if (all.Find(id) is not { } session || session.AccountId != accountId)
                return false;
            all.Remove(id);
            Keep(all);
            return true;
        });

    /// <inheritdoc/>
    public int EndAll(long accountId, string? except) =>
        With(all =>
        {
            var ended = all.Of(accountId).Where(session => session.Id != except).ToList();
            foreach (var session in ended)
                all.Remove(session.Id);
            if (ended.Count > 0)
                Keep(all);
            return ended.Count;
        });

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (changing)
        {
            if (!isChanged)
                return;
            try
            {
                Keep(sessions);
            }
            catch (SessionStoreException)
            {
                // It is in the log, and only times of use are lost.
            }
        }
    }

    private bool IsOpen(Session session)
    {
        var now = time.GetUtcNow();
        return now < session.End && now - session.LastUsedAt < idleMax;
    }

    private T With<T>(Func<OpenSessions, T> act)
    {
        lock (changing)
        {
            if (!isLoaded)
                Load();
            isLoaded = true;
            return act(sessions);
        }
    }

    private void Load()
    {
        try
        {
            if (!File.Exists(path))
                return;
            using var file = File.OpenRead(path);
            if (JsonSerializer.Deserialize(file, SessionJson.Default.SessionFile) is { } kept)
                sessions.Take(kept);
        }
        catch (JsonException e)
        {
            SessionLog.SetAside(logger, path, e);
            File.Move(path, $"{path}.{time.GetUtcNow():yyyyMMddHHmmss}.damaged", overwrite: true);
        }
    }

    private void Keep(OpenSessions all)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var temporary = path + ".new";
            using (var file = File.Create(temporary))
            {
                JsonSerializer.Serialize(file, all.Content, SessionJson.Default.SessionFile);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
            (keptAt, isChanged) = (time.GetUtcNow(), false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SessionLog.CannotKeep(logger, path, e);
            throw new SessionStoreException($"The sessions in {path} cannot be written: {e.Message}", e);
        }
    }
}
