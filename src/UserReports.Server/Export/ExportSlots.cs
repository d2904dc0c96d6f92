using UserReports.Server.Configuration;

namespace UserReports.Server.Export;

/// <summary>
/// Bounds how many exports run at once: each holds a snapshot and a part of the machine for as long as its receiver
/// takes.
/// </summary>
internal sealed class ExportSlots(ServerSettings settings)
{
    private int taken;

    /// <summary>How many there are.</summary>
    public int Max { get; } = settings.Of(SettingsTable.ConcurrentExports);

    /// <summary>A slot until it is disposed of, or null if all are taken.</summary>
    public IDisposable? TryTake()
    {
        if (Interlocked.Increment(ref taken) <= Max)
            return new Slot(this);
        Interlocked.Decrement(ref taken);
        return null;
    }

    private sealed class Slot(ExportSlots slots) : IDisposable
    {
        private int isReturned;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref isReturned, 1) == 0)
                Interlocked.Decrement(ref slots.taken);
        }
    }
}
