namespace UserReports.Workspace.Secrets;

/// <summary>Waits where whoever asks has no words for it: the framework's repository of keys has none.</summary>
/// <remarks>Keys are read when a process begins and once a day, so no thread waits often or in numbers.</remarks>
internal static class Waiting
{
    /// <summary>Does some work on a thread of the pool, and waits here.</summary>
    public static T For<T>(Func<Task<T>> work) =>
#pragma warning disable RS0030 // The only place; see above.
        Task.Run(work).GetAwaiter().GetResult();
#pragma warning restore RS0030
}
