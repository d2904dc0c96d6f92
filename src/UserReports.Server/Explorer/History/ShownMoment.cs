namespace UserReports.Server.Explorer.History;

/// <summary>Of which moment the open page is: the frame around it says so.</summary>
public sealed class ShownMoment
{
    /// <summary>Another moment is shown.</summary>
    public event Action? Changed;

    /// <summary>When the snapshot was taken whose rows are shown; null for the present.</summary>
    public DateTimeOffset? TakenAt { get; private set; }

    /// <summary>The address of the same page of the present.</summary>
    public string Present { get; private set; } = "?all";

    /// <summary>Says of which moment the page is from now on.</summary>
    public void Is(DateTimeOffset? takenAt, string present)
    {
        if ((TakenAt, Present) == (takenAt, present))
            return;
        (TakenAt, Present) = (takenAt, present);
        Changed?.Invoke();
    }
}
