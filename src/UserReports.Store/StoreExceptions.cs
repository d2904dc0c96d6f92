using System.Globalization;

namespace UserReports.Store;

/// <summary>What a store says when it cannot do what it is asked for. Whoever waits for less than all of it names one
/// of its kinds.</summary>
public abstract class StoreException(string message, Exception? inner) : Exception(message, inner);

/// <summary>
/// The store cannot be opened, read or written just now, though its files are well; the message says why and what to
/// do.
/// </summary>
public class StoreUnavailableException(string message, Exception? inner = null) : StoreException(message, inner);

/// <summary>A server of the store does not answer.</summary>
/// <param name="server">Which one, as people call it: host and port.</param>
public sealed class StoreUnreachableException(string server, string message, Exception? inner = null)
    : StoreUnavailableException(message, inner)
{
    /// <inheritdoc cref="StoreUnreachableException(string, string, Exception)" path="/param[@name='server']"/>
    public string Server { get; } = server;
}

/// <summary>Another process holds the store.</summary>
public sealed class StoreInUseException(string message, Exception? inner = null)
    : StoreUnavailableException(message, inner);

/// <summary>A file of the store does not hold what it should; the store says how it goes on.</summary>
public sealed class StoreDamagedException(string message, Exception? inner = null) : StoreException(message, inner);

/// <summary>There is no completed run yet.</summary>
public sealed class NoSnapshotException()
    : StoreException("There is no completed refresh yet, so there is nothing to read.", null);

/// <summary>A query needs more memory than is left of what all queries may use together; the store is well.</summary>
/// <param name="inner">The engine's words, with figures.</param>
public sealed class QueryMemoryException(Exception inner)
    : StoreException(
        "The query needs more memory than queries may use together. Use fewer conditions, or raise the setting "
            + "Reports:QueryMemoryMegabytes.",
        inner
    );

/// <summary>A query would cost more than one may; nothing was read.</summary>
/// <param name="estimate">How long it would take alone.</param>
/// <param name="most">How long it may take.</param>
/// <param name="dearest">Its dearest condition as a path with its lookup; null if it has none.</param>
public sealed class QueryCostException(TimeSpan estimate, TimeSpan most, string? dearest)
    : StoreException(
        string.Create(
            CultureInfo.InvariantCulture,
            $"The query would take about {estimate.TotalSeconds:0} seconds of this store, and {most.TotalSeconds:0.###} are allowed. "
        )
            + (dearest is null ? "Use fewer groups and figures" : $"Use fewer conditions such as {dearest}")
            + ", or raise the setting Reports:QueryTime.",
        null
    );

/// <summary>A query took longer than one may; its work was ended.</summary>
/// <param name="most">How long it may take.</param>
public sealed class QueryTimeException(TimeSpan most)
    : StoreException(
        string.Create(
            CultureInfo.InvariantCulture,
            $"The query ran for {most.TotalSeconds:0.###} seconds, as long as one may, and was ended. Ask for less, narrow it, or raise the setting Reports:QueryTime."
        ),
        null
    );

/// <summary>The engine refused a pattern that the binder let pass.</summary>
/// <param name="reason">
/// The engine's words; they end with the part of the pattern that it does not take, if any.
/// </param>
public sealed class PatternRejectedException(string reason)
    : StoreException($"A pattern is no regular expression of RE2: {reason}.", null)
{
    /// <inheritdoc cref="PatternRejectedException(string)" path="/param[@name='reason']"/>
    public string Reason { get; } = reason;
}

/// <summary>
/// The engine does not take a statement or a value of it: a fault of this program, not of the store.
/// </summary>
/// <param name="reason">The engine's words.</param>
/// <param name="inner">The engine's error.</param>
public sealed class StatementRefusedException(string reason, Exception inner)
    : StoreException($"The database does not take a statement: {reason}", inner);
