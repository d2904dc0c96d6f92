using UserReports.Server.Http;
using UserReports.Store;

namespace UserReports.Server.Api;

/// <summary>In whose turn a request reads.</summary>
internal static class ReaderTurns
{
    /// <inheritdoc cref="IReportReader.For(long)"/>
    public static IReportReader For(this IReportReader reader, HttpContext context) =>
        reader.For(Caller.ReaderOf(context));
}
