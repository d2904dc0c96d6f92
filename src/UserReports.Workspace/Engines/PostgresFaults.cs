using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;

namespace UserReports.Workspace.Engines;

/// <summary>What went wrong with PostgreSQL, and what to do, each in one line.</summary>
internal static class PostgresFaults
{
    public static string Tell(Exception exception) =>
        exception switch
        {
            PostgresException e => OfServer(e),
            NpgsqlException { InnerException: SocketException socket } =>
                $"the server does not answer ({socket.Message}). Check that it runs, and host and port in the setting Workspace.",
            NpgsqlException { InnerException: TimeoutException } =>
                "the server does not answer in time. Check that it runs, and that its port can be reached from here.",
            NpgsqlException { InnerException: AuthenticationException tls } =>
                $"TLS failed: {OneLine(tls.Message)} Check SSL Mode and Root Certificate in the setting Workspace.",
            NpgsqlException { InnerException: IOException or EndOfStreamException } =>
                "the server has ended the connection; another is made with the next attempt.",
            _ => OneLine(exception.Message),
        };

    private static string OfServer(PostgresException e) =>
        e.SqlState switch
        {
            PostgresErrorCodes.InvalidPassword =>
                "the server refuses user name and password. Check both in the setting Workspace.",
            PostgresErrorCodes.InvalidAuthorizationSpecification =>
                $"the server lets this role not in: {OneLine(e.MessageText)}. Check the role, and pg_hba.conf there.",
            PostgresErrorCodes.InvalidCatalogName =>
                $"{OneLine(e.MessageText)}. Make it: create database NAME owner ROLE;",
            PostgresErrorCodes.InsufficientPrivilege =>
                $"{OneLine(e.MessageText)}. The role must own the database or its tables: alter database NAME owner to ROLE; "
                    + "grant create, usage on schema public to ROLE;",
            PostgresErrorCodes.TooManyConnections =>
                "the server has no connection left; a node takes up to 10. Raise max_connections there.",
            PostgresErrorCodes.CannotConnectNow
            or PostgresErrorCodes.AdminShutdown
            or PostgresErrorCodes.CrashShutdown => "the server is starting or stopping; it is tried again.",
            PostgresErrorCodes.ReadOnlySqlTransaction =>
                "the server is a replica, which cannot be written to. Name the primary; with several hosts, Target Session Attributes=primary finds it.",
            PostgresErrorCodes.DiskFull => "the server's disk is full. Make room there.",
            _ => $"{OneLine(e.MessageText)} ({e.SqlState}).",
        };

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Trim();
}
