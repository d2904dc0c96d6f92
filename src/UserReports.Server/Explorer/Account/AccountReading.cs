using UserReports.Refresh;
using UserReports.Server.Explorer.Reading;
using UserReports.Sources;

namespace UserReports.Server.Explorer.Account;

/// <summary>Reads one account for its page, and computes it anew.</summary>
public sealed class AccountReading(ReportReading reading, IIdentitySource identities, RefreshEngine engine)
{
    /// <summary>The reports of an account; null if there are none.</summary>
    public async Task<AccountDocument?> FindAsync(AccountKey account, CancellationToken cancellationToken) =>
        AccountDocument.Read(await reading.FindAccountAsync(account, cancellationToken));

    /// <summary>Computes the account's reports from what the sources hold now.</summary>
    /// <returns>Null if the platform has no such account any more; its reports then go at the next run.</returns>
    public async Task<AccountDocument?> RefreshAsync(AccountKey account, CancellationToken cancellationToken)
    {
        var documents = await reading.RefreshAccountAsync(
            account,
            async username =>
            {
                if (await identities.FindByUsernameAsync(username, cancellationToken) is not { } identity)
                    return false;
                await engine.RefreshAccountsAsync([identity.AccountId], cancellationToken);
                return true;
            },
            cancellationToken
        );
        return documents is null ? null : AccountDocument.Read(documents);
    }
}
