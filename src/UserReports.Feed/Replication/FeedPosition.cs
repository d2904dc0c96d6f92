using System.Globalization;
using NpgsqlTypes;

namespace UserReports.Feed.Replication;

/// <summary>How far a feed has come, and in which history.</summary>
/// <param name="System">The cluster's identifier, which no other has.</param>
/// <param name="Timeline">Another one after each promotion and each restored backup.</param>
/// <param name="Slot">The slot's name.</param>
/// <param name="Lsn">Everything that was committed up to here has been told.</param>
/// <param name="SeenUpTo">Everything that was committed before has been told, by the server's clock.</param>
/// <param name="Last">The last transaction that was read.</param>
/// <param name="Design">What the publication and the followed tables were like; in two parts.</param>
internal sealed record FeedPosition(
    string System,
    uint Timeline,
    string Slot,
    ulong Lsn,
    DateTimeOffset SeenUpTo,
    TransactionMark Last,
    FollowedDesign Design
)
{
    private const string Version = "1";

    public override string ToString() =>
        string.Join(
            ';',
            Version,
            System,
            Timeline.ToString(CultureInfo.InvariantCulture),
            Slot,
            Of(Lsn),
            SeenUpTo.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
            Of(Last.End),
            Last.Number.ToString(CultureInfo.InvariantCulture),
            Last.Committed.ToString(CultureInfo.InvariantCulture),
            Design.Publications,
            Design.Tables
        );

    /// <summary>A log position as the server writes it.</summary>
    public static string Of(ulong lsn) => new NpgsqlLogSequenceNumber(lsn).ToString();

    /// <exception cref="FeedLostException">The text is none of this feed's.</exception>
    public static FeedPosition Parse(string text)
    {
        var parts = text.Split(';');
        return
            parts
                is [
                    Version,
                    var system,
                    var timeline,
                    var slot,
                    var lsn,
                    var seen,
                    var end,
                    var transaction,
                    var committed,
                    var a,
                    var b,
                ]
            && long.TryParse(seen, CultureInfo.InvariantCulture, out var seenUpTo)
            && uint.TryParse(timeline, CultureInfo.InvariantCulture, out var number)
            && NpgsqlLogSequenceNumber.TryParse(lsn, out var at)
            && NpgsqlLogSequenceNumber.TryParse(end, out var lastEnd)
            && uint.TryParse(transaction, CultureInfo.InvariantCulture, out var lastNumber)
            && long.TryParse(committed, CultureInfo.InvariantCulture, out var lastCommitted)
            ? new(
                system,
                number,
                slot,
                (ulong)at,
                DateTimeOffset.FromUnixTimeMilliseconds(seenUpTo),
                new((ulong)lastEnd, lastNumber, lastCommitted),
                new(a, b)
            )
            : throw new FeedLostException("The feed's position was written by another version of the service.");
    }
}

/// <summary>
/// What tells a transaction from any other: a server that was put back to an earlier state and repeats what was done
/// may well commit one of the same number in the same place, but not at the same time.
/// </summary>
/// <param name="End">The log position behind it; 0 for none.</param>
/// <param name="Committed">When, in ticks.</param>
internal readonly record struct TransactionMark(ulong End, uint Number, long Committed);

/// <summary>Marks that change when the operator or the platform changes what is followed.</summary>
/// <param name="Publications">Of the publications: what they publish, and whether a table left and came back.</param>
/// <param name="Tables">Of the followed tables: the columns that are read, their types and keys.</param>
internal sealed record FollowedDesign(string Publications, string Tables);
