namespace UserReports.Store.DuckDb.Orders;

/// <summary>
/// The base of a generation in memory: whose row each is and where its document lies. Rows go by their ordinal, which
/// is the database's own number of the row; nothing is deleted from the base, so it is good as long as the generation.
/// </summary>
internal sealed class BaseRows
{
    private readonly long[] documents;
    private readonly long[] userIds;
    private readonly PackedTexts organizationIds;

    /// <summary>All ordinals by account and organisation; most often they are their own order.</summary>
    private readonly int[] byAccount;

    /// <param name="documents">Ascending; where there is no row of that number, what the row before has.</param>
    /// <param name="userIds"><see cref="NoRow"/> where there is no row.</param>
    public BaseRows(long[] documents, long[] userIds, PackedTexts organizationIds)
    {
        (this.documents, this.userIds, this.organizationIds) = (documents, userIds, organizationIds);
        byAccount = new int[userIds.Count(id => id != NoRow)];
        for (int i = 0, next = 0; i < userIds.Length; i++)
        {
            if (userIds[i] != NoRow)
                byAccount[next++] = i;
        }

        IsByAccount = IsSorted(byAccount);
        if (!IsByAccount)
            Array.Sort(byAccount, Comparer<int>.Create(CompareAccount));
    }

    /// <summary>Stands for the account of a row that there is not.</summary>
    public const long NoRow = long.MaxValue;

    /// <summary>One more than the greatest ordinal.</summary>
    public int Size => documents.Length;

    /// <summary>Rows.</summary>
    public int Count => byAccount.Length;

    /// <summary>Whether rows that are greater by account and organisation have greater ordinals.</summary>
    public bool IsByAccount { get; }

    public long Bytes => ((documents.Length + userIds.Length) * 8L) + (byAccount.Length * 4L) + organizationIds.Bytes;

    /// <summary>The end of the documents that the base has.</summary>
    public long LastDocument => documents.Length == 0 ? 0 : documents[^1];

    public ReadOnlySpan<int> ByAccount => byAccount;

    public long Document(int ordinal) => documents[ordinal];

    public long UserId(int ordinal) => userIds[ordinal];

    /// <summary>UTF-8; null without an organisation.</summary>
    public byte[]? OrganizationId(int ordinal) =>
        organizationIds.IsNull(ordinal) ? null : organizationIds[ordinal].ToArray();

    /// <summary>The row of a document, or -1.</summary>
    public int OrdinalOf(long document)
    {
        var (low, high) = (0, documents.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (documents[middle] < document)
                low = middle + 1;
            else
                high = middle;
        }

        return low < documents.Length && documents[low] == document && userIds[low] != NoRow ? low : -1;
    }

    /// <summary>An account's rows, by organisation.</summary>
    public ReadOnlySpan<int> OfAccount(long userId)
    {
        var (low, high) = (0, byAccount.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (userIds[byAccount[middle]] < userId)
                low = middle + 1;
            else
                high = middle;
        }

        var end = low;
        while (end < byAccount.Length && userIds[byAccount[end]] == userId)
            end++;
        return byAccount.AsSpan(low, end - low);
    }

    /// <summary>What decides between rows that are equal in an order: the account, then the organisation.</summary>
    public int CompareAccount(int one, int other)
    {
        var byUser = userIds[one].CompareTo(userIds[other]);
        if (byUser != 0)
            return byUser;
        var (oneHasNone, otherHasNone) = (organizationIds.IsNull(one), organizationIds.IsNull(other));
        return oneHasNone || otherHasNone
            ? oneHasNone.CompareTo(otherHasNone)
            : organizationIds[one].SequenceCompareTo(organizationIds[other]);
    }

    /// <inheritdoc cref="CompareAccount(int, int)"/>
    public int CompareAccount(long userId, byte[]? organizationId, int other)
    {
        var byUser = userId.CompareTo(userIds[other]);
        if (byUser != 0)
            return byUser;
        var otherHasNone = organizationIds.IsNull(other);
        return organizationId is null || otherHasNone
            ? (organizationId is null).CompareTo(otherHasNone)
            : organizationId.AsSpan().SequenceCompareTo(organizationIds[other]);
    }

    private bool IsSorted(int[] ordinals)
    {
        for (var i = 1; i < ordinals.Length; i++)
        {
            if (CompareAccount(ordinals[i - 1], ordinals[i]) > 0)
                return false;
        }

        return true;
    }
}
