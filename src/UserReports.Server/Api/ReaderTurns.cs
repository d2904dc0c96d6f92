using UserReports.Server.Access;
using UserReports.Store;

namespace UserReports.Server.Api;

/// <summary>In whose turn a request reads.</summary>
internal static class ReaderTurns
{
    /// <inheritdoc cref="IReportReader.For(long)"/>
    public static IReportReader For(this IReportReader reader, HttpContext context) =>
        reader.For(SessionTicket.ReaderOf(context));
}
