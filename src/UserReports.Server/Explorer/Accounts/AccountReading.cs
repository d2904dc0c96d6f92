using UserReports.Core.Query;
using UserReports.Refresh;
using UserReports.Server.Explorer.Asking;
using UserReports.Server.Explorer.Reading;
using UserReports.Sources;

namespace UserReports.Server.Explorer.Accounts;

/// <summary>Reads one account for its page, and computes it anew.</summary>
public sealed class AccountReading(ReportReading reading, IIdentitySource identities, RefreshEngine engine)
{
    private const int RowsMax = 100;

    /// <summary>The reports of an account by its public identifier or, for accounts without one, by name.</summary>
    public async Task<AccountDocument?> FindAsync(string? uid, string? username, CancellationToken cancellationToken)
    {
        if (uid is not null)
            return AccountDocument.Read(await reading.FindAccountAsync(uid, cancellationToken));
        var q = QueryText.Term("username", "", username ?? "", isText: true);
        var query = QueryCompiler.Compile(q, null).Query;
        return query is null
            ? null
            : AccountDocument.Read(
                (await reading.FindAsync(q, query, new(RowsMax, Count: false), cancellationToken)).Documents
            );
    }

    /// <summary>Computes the account's reports from what the sources hold now.</summary>
    /// <returns>False if the platform has no such account any more; its reports then go at the next run.</returns>
    public async Task<bool> RefreshAsync(string username, CancellationToken cancellationToken)
    {
        await reading.RecordActAsync("explorer refresh account", $"/account/named/{username}", cancellationToken);
        if (await identities.FindByUsernameAsync(username, cancellationToken) is not { } identity)
            return false;
        await engine.RefreshAccountsAsync([identity.AccountId], cancellationToken);
        return true;
    }
}
