using UserReports.Core.Query;
using UserReports.Server.Concealment;
using UserReports.Server.Requests;
using UserReports.Store;

namespace UserReports.Server.Explorer.Reading;

/// <summary>Which account a page is about.</summary>
/// <param name="Uid">Its public identifier; null for an account without one.</param>
/// <param name="Username">Its name, which finds an account without an identifier.</param>
public sealed record AccountKey(string? Uid, string? Username)
{
    private const int RowsMax = 100;

    /// <summary>As many rows as are shown of one account, without counting them.</summary>
    internal static readonly PageRequest AllRows = new(RowsMax, Count: false);

    /// <summary>The page's address, for the audit log.</summary>
    public string Path => Uid is not null ? $"/account/{Uid}" : $"/account/named/{Username}";

    /// <summary>What a reveal of the account is of.</summary>
    public RevealTarget Target => Uid is not null ? RevealTarget.OfAccount(Uid) : RevealTarget.OfName(Username ?? "");

    /// <summary>The rows with this name: a whole one, which may be asked for also where names are concealed.</summary>
    internal ReportQuery ByName() =>
        QueryCompiler.Compile(QueryText.Term("username", "", Username ?? "", isText: true), null, true).Query
        ?? throw new InvalidOperationException($"The query for one name does not compile: {Username}");
}
