namespace UserReports.Server.Access.Rights;

/// <summary>Lets one caller at a time work for an account; accounts never wait for each other.</summary>
/// <remarks>Holds nothing of accounts for which nobody works or waits.</remarks>
internal sealed class AccountTurns
{
    private readonly Dictionary<long, Turn> turns = [];

    /// <summary>Accounts for which somebody works or waits.</summary>
    public int Count
    {
        get
        {
            lock (turns)
                return turns.Count;
        }
    }

    /// <summary>Waits for the account's turn, which lasts until what is returned is disposed of.</summary>
    public async Task<IDisposable> TakeAsync(long accountId, CancellationToken cancellationToken)
    {
        Turn? turn;
        lock (turns)
        {
            if (!turns.TryGetValue(accountId, out turn))
                turns[accountId] = turn = new(this, accountId);
            turn.Takers++;
        }

        try
        {
            await turn.Gate.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Leave(turn);
            throw;
        }

        return turn;
    }

    private void Leave(Turn turn)
    {
        lock (turns)
        {
            if (--turn.Takers > 0)
                return;
            turns.Remove(turn.AccountId);
        }

        turn.Gate.Dispose();
    }

    private sealed class Turn(AccountTurns owner, long accountId) : IDisposable
    {
        public long AccountId => accountId;

        public SemaphoreSlim Gate { get; } = new(1);

        /// <summary>Who works or waits.</summary>
        public int Takers { get; set; }

        /// <summary>Ends the turn of whoever has it.</summary>
        public void Dispose()
        {
            Gate.Release();
            owner.Leave(this);
        }
    }
}
