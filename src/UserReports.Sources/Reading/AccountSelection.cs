using System.Globalization;
using UserReports.Core.Reports;
using UserReports.Sources.Connections;

namespace UserReports.Sources.Reading;

/// <summary>Which accounts are read: a range of ids, or some ids. Every query of a batch is bounded by it.</summary>
public sealed class AccountSelection
{
    private readonly AccountRange? range;
    private readonly IReadOnlyCollection<long> ids;

    private AccountSelection(AccountRange? range, IReadOnlyCollection<long> ids)
    {
        this.range = range;
        this.ids = ids;
    }

    /// <summary>The range, or null for a selection of ids.</summary>
    public AccountRange? Range => range;

    /// <summary>Every account of a range.</summary>
    public static AccountSelection Of(AccountRange range) => new(range, []);

    /// <summary>The accounts with these ids.</summary>
    public static AccountSelection Of(IReadOnlyCollection<long> ids) => new(null, ids);

    /// <summary>
    /// The condition on a column that holds account ids, for the parameters <see cref="Parameters"/>.
    /// </summary>
    /// <param name="first">The number of the first of these parameters.</param>
    public string Where(string column, int first = 1) =>
        range is null
            ? string.Create(CultureInfo.InvariantCulture, $"{column} = any(${first})")
            : string.Create(CultureInfo.InvariantCulture, $"{column} between ${first} and ${first + 1}");

    /// <summary>The values of <c>$1</c> and, for a range, <c>$2</c>.</summary>
    public IReadOnlyList<object> Parameters(SourceSession session) =>
        range is { } r ? [Clamp(r.FirstId), Clamp(r.LastId)] : [session.List(ids.Select(Clamp))];

    /// <summary>True for the range that a run begins with: what is told once per run is told with it.</summary>
    public bool IsFirstRange => range is { FirstId: int.MinValue };

    /// <summary>True if the account is selected.</summary>
    public bool Contains(long accountId) => range?.Contains(accountId) ?? ids.Contains(accountId);

    /// <summary>
    /// Account ids are 32-bit at the source; a wider parameter would keep its indexes from being used well.
    /// </summary>
    private static int Clamp(long id) => (int)Math.Clamp(id, int.MinValue, int.MaxValue);
}
