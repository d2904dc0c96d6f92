using DuckDB.NET.Data;
using DuckDB.NET.Native;

namespace UserReports.Store.DuckDb.Generations;

/// <summary>What kind of thing went wrong at the database or a file of the store.</summary>
internal enum FaultKind
{
    /// <summary>The machine refuses: a full disk, a missing right. The files are well.</summary>
    Environment,

    /// <summary>What the database may use of memory does not suffice. Nothing else is wrong.</summary>
    Memory,

    /// <summary>Another transaction changes the same rows.</summary>
    Conflict,

    /// <summary>Somebody ended the statement.</summary>
    Interrupted,

    /// <summary>A pattern is none of RE2's.</summary>
    Pattern,

    /// <summary>The database does not take the statement or one of its values: a fault of ours.</summary>
    Refused,

    /// <summary>The database has stopped, or met what it never should; opened anew it may serve on.</summary>
    Engine,

    /// <summary>A file does not hold what was written.</summary>
    Damage,
}

/// <summary>
/// The one place that tells what an error of the database or of a file is. The driver's type decides; texts are looked
/// at only where a type stands for several things, as <c>Io</c> does for a full disk and for a damaged block.
/// </summary>
/// <param name="Text">What happened, in one sentence or the database's first line; of the machine what to do, too.</param>
internal sealed record StoreFault(FaultKind Kind, string Text)
{
    /// <summary>How the database says that a file's content is not what was written.</summary>
    private static readonly string[] DamageSigns =
    [
        "Corrupt",
        "not a valid DuckDB database file",
        "Could not read enough bytes",
        "while replaying WAL",
        "Trying to read a database file with version",
        "codes that this version does not know",
    ];

    /// <summary>RE2's own list of what can be wrong with a pattern.</summary>
    private static readonly string[] PatternErrors =
    [
        "invalid escape sequence",
        "invalid character class",
        "missing ]",
        "missing )",
        "unexpected )",
        "trailing \\",
        "no argument for repetition operator",
        "invalid repetition size",
        "bad repetition operator",
        "invalid perl operator",
        "invalid UTF-8",
        "invalid named capture group",
        "pattern too large",
    ];

    /// <summary>
    /// Whether the open database is to be distrusted: it may refuse everything from now on, or not know what it
    /// committed.
    /// </summary>
    public bool NeedsReopening => Kind is FaultKind.Environment or FaultKind.Engine or FaultKind.Damage;

    /// <summary>What an exception stands for; null if it comes neither from the database nor from a file.</summary>
    public static StoreFault? Of(Exception exception) =>
        exception switch
        {
            DuckDBException e => Of(e.ErrorType, e.Message),
            EngineRefusedException e => Of(e.ErrorType, e.Message),
            UnauthorizedAccessException => new(FaultKind.Environment, EnvironmentFault.PermissionDenied),
            EndOfStreamException e => new(FaultKind.Damage, FirstLine(e.Message)),
            IOException e => new(FaultKind.Environment, EnvironmentFault.Of(e.HResult) ?? FirstLine(e.Message)),
            _ => null,
        };

    /// <summary>What a reader is told.</summary>
    /// <param name="path">The file that was read.</param>
    public StoreException AsReading(string path, Exception e) =>
        Kind switch
        {
            FaultKind.Memory => new QueryMemoryException(e),
            FaultKind.Pattern => new PatternRejectedException(Text),
            FaultKind.Refused => new StatementRefusedException(Text, e),
            FaultKind.Damage => new StoreDamagedException(
                $"{path} could not be read: {Text} The next completed refresh writes all reports anew.",
                e
            ),
            _ => new StoreUnavailableException($"The store could not be read: {Text}", e),
        };

    /// <summary>What the machine refused and what to do, or null if that is not it.</summary>
    public static string? Refusal(Exception exception) =>
        Of(exception) is { Kind: FaultKind.Environment or FaultKind.Memory } fault ? fault.Text : null;

    /// <summary>What an error of the database stands for.</summary>
    public static StoreFault Of(DuckDBErrorType type, string message)
    {
        var text = FirstLine(message);
        return type switch
        {
            DuckDBErrorType.OutOfMemory => new(
                FaultKind.Memory,
                "It needs more memory than it may have; raise the store's memory limit."
            ),
            DuckDBErrorType.Interrupt => new(FaultKind.Interrupted, text),
            DuckDBErrorType.Serialization => new(FaultKind.Damage, text),
            DuckDBErrorType.Transaction when message.Contains("Conflict", StringComparison.OrdinalIgnoreCase) => new(
                FaultKind.Conflict,
                text
            ),
            // What they stand for is told by what caused them.
            DuckDBErrorType.Io => OfFile(text) ?? new(FaultKind.Environment, text),
            DuckDBErrorType.Transaction
            or DuckDBErrorType.Connection
            or DuckDBErrorType.Fatal
            or DuckDBErrorType.Internal => OfFile(text) ?? new(FaultKind.Engine, text),
            // What is wrong with a statement before it runs, and within a streamed answer, comes without its type.
            DuckDBErrorType.Invalid when TypeIn(message) is { } told => Of(told, message),
            DuckDBErrorType.InvalidInput => OfValue(text),
            _ => new(FaultKind.Refused, text),
        };
    }

    private static StoreFault? OfFile(string text)
    {
        if (EnvironmentFault.Of(text) is { } advice)
            return new(FaultKind.Environment, advice);
        return Array.Exists(DamageSigns, sign => Has(text, sign)) ? new(FaultKind.Damage, text) : null;
    }

    private static StoreFault OfValue(string text)
    {
        if (Array.Exists(DamageSigns, sign => Has(text, sign)))
            return new(FaultKind.Damage, text);
        var reason = text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        return Array.Exists(PatternErrors, error => reason.StartsWith(error, StringComparison.Ordinal))
            ? new(FaultKind.Pattern, reason)
            : new(FaultKind.Refused, text);
    }

    private static DuckDBErrorType? TypeIn(string message)
    {
        var end = message.IndexOf(" Error:", StringComparison.Ordinal);
        return end < 0
            ? null
            : message[..end] switch
            {
                "IO" => DuckDBErrorType.Io,
                "Out of Memory" => DuckDBErrorType.OutOfMemory,
                "Invalid Input" => DuckDBErrorType.InvalidInput,
                "Serialization" => DuckDBErrorType.Serialization,
                "TransactionContext" => DuckDBErrorType.Transaction,
                "FATAL" => DuckDBErrorType.Fatal,
                "INTERNAL" => DuckDBErrorType.Internal,
                "INTERRUPT" => DuckDBErrorType.Interrupt,
                "Connection" => DuckDBErrorType.Connection,
                _ => null,
            };
    }

    private static bool Has(string text, string sign) => text.Contains(sign, StringComparison.OrdinalIgnoreCase);

    private static string FirstLine(string text) => text.Split('\n')[0];
}

/// <summary>The database does not take rows, or does not answer, where it is called without the driver.</summary>
internal sealed class EngineRefusedException(DuckDBErrorType type, string message) : IOException(message)
{
    public DuckDBErrorType ErrorType { get; } = type;
}
