using System.Net.Sockets;
using System.Text.RegularExpressions;
using ClickHouse.Driver;
using UserReports.Store.ClickHouse.Dialect;

namespace UserReports.Store.ClickHouse.Servers;

/// <summary>What an error of the server or of the way to it stands for.</summary>
internal static partial class ServerFault
{
    private const int MemoryLimitExceeded = 241;
    private const int TimeoutExceeded = 159;
    private const int TooSlow = 160;
    private const int QueryWasCancelled = 394;
    private const int CannotCompilePattern = 427;

    /// <summary>Begins what one server says of another that was asked for a table in vain.</summary>
    private const string NoTable = "There is no table";

    /// <summary>Errors of the way from one server to another.</summary>
    private static readonly HashSet<int> BetweenServers =
    [
        32, // ATTEMPT_TO_READ_AFTER_EOF
        198, // DNS_ERROR
        209, // SOCKET_TIMEOUT
        210, // NETWORK_ERROR
        279, // ALL_CONNECTION_TRIES_FAILED
        425, // SYSTEM_ERROR
        519, // NO_REMOTE_SHARD_AVAILABLE
    ];

    /// <summary>Errors of a statement itself: such a one is this program's fault.</summary>
    private static readonly HashSet<int> OfStatements =
    [
        6, // CANNOT_PARSE_TEXT
        36, // BAD_ARGUMENTS
        42, // NUMBER_OF_ARGUMENTS_DOESNT_MATCH
        43, // ILLEGAL_TYPE_OF_ARGUMENT
        44, // ILLEGAL_COLUMN
        46, // UNKNOWN_FUNCTION
        47, // UNKNOWN_IDENTIFIER
        48, // NOT_IMPLEMENTED
        53, // TYPE_MISMATCH
        62, // SYNTAX_ERROR
        70, // CANNOT_CONVERT_TYPE
        72, // CANNOT_PARSE_NUMBER
        115, // UNKNOWN_SETTING
        167, // TOO_DEEP_AST
        168, // TOO_BIG_AST
        184, // ILLEGAL_AGGREGATION
        215, // NOT_AN_AGGREGATE
        352, // AMBIGUOUS_COLUMN_NAME
        386, // NO_COMMON_TYPE
        407, // DECIMAL_OVERFLOW
        456, // UNKNOWN_QUERY_PARAMETER
        457, // BAD_QUERY_PARAMETER
    ];

    /// <summary>True for what the driver throws when a statement fails.</summary>
    public static bool Is(Exception e) =>
        e is ClickHouseServerException or HttpRequestException or IOException or SocketException or TimeoutException;

    /// <summary>True if a server did not answer, so that another one may be asked.</summary>
    public static bool IsOfTheWay(Exception e) => Is(e) && e is not ClickHouseServerException;

    /// <summary>True if a server was not even told what to do, so that another one may be.</summary>
    public static bool IsBeforeTheStatement(Exception e) =>
        e
            is HttpRequestException
            {
                HttpRequestError: HttpRequestError.ConnectionError
                    or HttpRequestError.NameResolutionError
                    or HttpRequestError.SecureConnectionError
            };

    /// <summary>The error as this program tells it.</summary>
    /// <param name="shape">The cluster's servers, as far as they are known.</param>
    public static StoreException Of(Exception e, ClickHouseSettings settings, ClusterShape? shape) =>
        e switch
        {
            ClickHouseServerException between
                when BetweenServers.Contains(between.ErrorCode)
                    && AttemptsIn(e.Message) is { Count: > 0 } attempts
                    && shape?.NamedIn(string.Join('\n', attempts)) is { } lost => new StoreUnreachableException(
                lost,
                $"The database server {lost} does not answer the others, and none of them has its rows: {Reason(attempts[0])}. "
                    + "Check that it runs. Nothing is shown without its rows.",
                e
            ),
            ClickHouseServerException { ErrorCode: MemoryLimitExceeded } => new QueryMemoryException(e),
            ClickHouseServerException { ErrorCode: TimeoutExceeded or TooSlow } => new QueryTimeException(
                settings.QueryTime
            ),
            ClickHouseServerException { ErrorCode: CannotCompilePattern } => new PatternRejectedException(
                PatternReason(e.Message)
            ),
            ClickHouseServerException { ErrorCode: QueryWasCancelled } => new StoreUnavailableException(
                $"Somebody ended a query of this service on the database server {settings.Server}. Ask again.",
                e
            ),
            ClickHouseServerException server when OfStatements.Contains(server.ErrorCode) =>
                new StatementRefusedException(Reason(e.Message), e),
            ClickHouseServerException => new StoreUnavailableException(
                $"The database server {settings.Server} does not do what it is asked for: {Reason(e.Message)}",
                e
            ),
            _ => new StoreUnreachableException(
                settings.Server,
                $"The database server {settings.Server} cannot be reached: {e.Message} Check that it runs and that the "
                    + "setting Store names it.",
                e
            ),
        };

    /// <summary>What is wrong with a pattern, and the part that is.</summary>
    private static string PatternReason(string message)
    {
        var error = PatternError().Match(message);
        return (error.Success ? error.Groups[1].Value : Reason(message))
            .Replace(ClickHouseTexts.PatternPrefixIgnoringCase, "", StringComparison.Ordinal)
            .Replace(ClickHouseTexts.PatternPrefix, "", StringComparison.Ordinal);
    }

    /// <summary>What went wrong on the way to other servers, one after the other; nothing if they did answer, but have
    /// no such table.</summary>
    private static List<string> AttemptsIn(string message) =>
        [
            .. message
                .Split('\n')
                .Where(line => line.StartsWith("Code: ", StringComparison.Ordinal))
                .Where(line => !line.EndsWith("Log: ", StringComparison.Ordinal)),
        ];

    /// <summary>The server's words without its numbers, versions and the statement.</summary>
    private static string Reason(string message)
    {
        var lines = message.Split('\n');
        var line = lines.FirstOrDefault(line => line.Contains(NoTable, StringComparison.Ordinal)) ?? lines[0];
        var said = Numbers().Replace(line, "");
        return said.Length == 0 ? line : said;
    }

    [GeneratedRegex(@"error: (.*?)(?:\. Look at |: [^:]*In scope|: while |: In scope|$)", RegexOptions.Singleline)]
    private static partial Regex PatternError();

    [GeneratedRegex(
        @"^Code: \d+\. DB::(?:Net)?Exception: (?:Received from [^ ]+ DB::(?:Net)?Exception: )?, local address: [^)]*|: Insertion status:$| \(version [^)]*\)$|: In scope .*$|\. \([A-Z_]+\).*$"
    )]
    private static partial Regex Numbers();
}
