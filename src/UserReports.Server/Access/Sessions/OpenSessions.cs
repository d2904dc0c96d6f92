namespace UserReports.Server.Access.Sessions;

/// <summary>
/// The sessions in memory, and the addresses from which accounts signed in; bounded. Not for threads.
/// </summary>
internal sealed class OpenSessions
{
    /// <summary>Sessions of one account.</summary>
    public const int AccountMax = 50;

    /// <summary>Addresses that are remembered of one account, the latest.</summary>
    public const int AddressesMax = 50;

    private const int AllMax = 10_000;

    private readonly Dictionary<string, Session> open = new(StringComparer.Ordinal);
    private readonly Dictionary<long, List<string>> addresses = [];

    /// <summary>What to keep.</summary>
    public SessionFile Content => new([.. open.Values], addresses.ToDictionary(pair => pair.Key, pair => pair.Value));

    /// <summary>Takes over what was kept.</summary>
    public void Take(SessionFile kept)
    {
        foreach (var session in kept.Sessions)
            open[session.Id] = session;
        foreach (var (account, known) in kept.Addresses)
            addresses[account] = [.. known.TakeLast(AddressesMax)];
    }

    public Session? Find(string id) => open.GetValueOrDefault(id);

    public IReadOnlyList<Session> Of(long accountId) =>
        [
            .. open
                .Values.Where(session => session.AccountId == accountId)
                .OrderByDescending(session => session.LastUsedAt)
                .ThenBy(session => session.Id, StringComparer.Ordinal),
        ];

    public bool Knows(long accountId, string address) =>
        addresses.TryGetValue(accountId, out var known) && known.Contains(address);

    public void Add(Session session, string? address, DateTimeOffset now)
    {
        foreach (var over in open.Values.Where(other => other.End <= now).ToList())
            open.Remove(over.Id);
        foreach (var extra in Of(session.AccountId).Skip(AccountMax - 1))
            open.Remove(extra.Id);
        if (open.Count >= AllMax)
            open.Remove(open.Values.MinBy(other => other.LastUsedAt)!.Id);
        open[session.Id] = session;
        if (address is not null)
            Remember(session.AccountId, address);
    }

    public void Replace(Session session) => open[session.Id] = session;

    public void Remove(string id) => open.Remove(id);

    private void Remember(long accountId, string address)
    {
        if (!addresses.TryGetValue(accountId, out var known))
            addresses[accountId] = known = [];
        known.Remove(address);
        known.Add(address);
        if (known.Count > AddressesMax)
            known.RemoveAt(0);
    }
}

/// <summary>What is kept of sessions.</summary>
/// <param name="Addresses">Of each account, the latest last.</param>
internal sealed record SessionFile(IReadOnlyList<Session> Sessions, IReadOnlyDictionary<long, List<string>> Addresses);
