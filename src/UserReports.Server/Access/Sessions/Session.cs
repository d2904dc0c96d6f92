namespace UserReports.Server.Access.Sessions;

/// <summary>A sign-in to the explorer that has not ended.</summary>
/// <param name="Id">Names it to its owner; no cookie can be made from it.</param>
/// <param name="AccountId">Whose it is.</param>
/// <param name="StartedAt">When they signed in.</param>
/// <param name="StartedFrom">From where; null where that is not known.</param>
/// <param name="Browser">What their browser called itself, cut; null if it said nothing.</param>
/// <param name="LastUsedAt">When it was used last, to the minute.</param>
/// <param name="LastUsedFrom">From where; null where that is not known.</param>
/// <param name="End">When it ends by itself.</param>
public sealed record Session(
    string Id,
    long AccountId,
    DateTimeOffset StartedAt,
    string? StartedFrom,
    string? Browser,
    DateTimeOffset LastUsedAt,
    string? LastUsedFrom,
    DateTimeOffset End
);

/// <summary>The sessions that are open: a cookie of any other is worth nothing.</summary>
public interface ISessionStore
{
    /// <summary>True if the account has not signed in from this address before, as far as is remembered.</summary>
    bool IsNewAddress(long accountId, string? address);

    /// <summary>Opens a session; the oldest ones of an account that has too many end.</summary>
    /// <exception cref="SessionStoreException">It cannot be kept, and is not open.</exception>
    void Begin(Session session);

    /// <summary>The account's open sessions, the one that was used last first.</summary>
    IReadOnlyList<Session> Of(long accountId);

    /// <summary>True if the session is open.</summary>
    bool IsOpen(string id);

    /// <summary>Remembers that a session was used, and from where; nothing if it is not open.</summary>
    void Touch(string id, string? address);

    /// <summary>Ends an account's session.</summary>
    /// <returns>False if the account has no such session.</returns>
    /// <exception cref="SessionStoreException">It has ended, but a restart may open it again.</exception>
    bool End(long accountId, string id);

    /// <summary>Ends all sessions of an account but one, or, with null, all of them.</summary>
    /// <returns>How many ended.</returns>
    /// <exception cref="SessionStoreException">They have ended, but a restart may open them again.</exception>
    int EndAll(long accountId, string? except);
}

/// <summary>Sessions cannot be written to where they are kept.</summary>
public sealed class SessionStoreException(string message, Exception inner) : Exception(message, inner);
