namespace UserReports.Feed.Replication;

/// <summary>How far the stream was read.</summary>
/// <remarks>
/// <para>
/// Between messages the server says how far it has come, and the driver shows the largest position of that and of the
/// message that it is receiving. A position may be confirmed only if everything before was handed on. Within one wait
/// for a message positions only grow, and the message's own is the last: so one that was overtaken during the same wait
/// was the server's word between messages, and is safe.
/// </para>
/// <para>
/// Up to when everything is known is less strict, for it is only shown: a position that has stood still from one look
/// to the next counts, too. Else a server on which nothing happens would seem to fall behind.
/// </para>
/// </remarks>
internal sealed class FeedProgress(ulong start, DateTimeOffset seenUpTo)
{
    private readonly Queue<(ulong Lsn, DateTimeOffset Time)> looks = [];
    private ulong shown = start;
    private ulong shownAtLook;
    private bool hasWaitedSinceLook;

    /// <summary>Everything before was handed on.</summary>
    public ulong Safe { get; private set; } = start;

    /// <summary>Everything that was committed before is known, by the server's clock.</summary>
    public DateTimeOffset SeenUpTo { get; private set; } = seenUpTo;

    /// <summary>A message was read.</summary>
    /// <param name="position">Its own, or where its transaction ended.</param>
    public void Read(ulong position)
    {
        Safe = Math.Max(Safe, position);
        shown = Math.Max(shown, Safe);
        hasWaitedSinceLook = false;
        Reach(Safe);
    }

    /// <summary>Still waiting for a message, the driver shows a position.</summary>
    public void Wait(ulong position)
    {
        if (position > shown)
        {
            Safe = Math.Max(Safe, shown);
            shown = position;
        }

        Reach(Safe);
    }

    /// <summary>The server was looked at, while waiting for a message.</summary>
    public void Look(ulong end, DateTimeOffset time, ulong position)
    {
        Wait(position);
        looks.Enqueue((end, time));
        if (hasWaitedSinceLook && position == shownAtLook)
            Reach(Math.Max(Safe, position));
        else
            Reach(Safe);
        (shownAtLook, hasWaitedSinceLook) = (position, true);
    }

    private void Reach(ulong position)
    {
        while (looks.TryPeek(out var look) && look.Lsn <= position)
        {
            looks.Dequeue();
            if (look.Time > SeenUpTo)
                SeenUpTo = look.Time;
        }
    }
}
