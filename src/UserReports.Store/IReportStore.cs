using UserReports.Store.History;

namespace UserReports.Store;

/// <summary>A store of reports, by what its users do with it. One process owns it.</summary>
/// <remarks>Disposing of it waits for whoever still reads; nobody begins to read any more.</remarks>
public interface IReportStore : IAsyncDisposable
{
    /// <inheritdoc cref="IReportReader"/>
    IReportReader Reader { get; }

    /// <inheritdoc cref="IRunLedger"/>
    IRunLedger Runs { get; }

    /// <inheritdoc cref="IReportWriter"/>
    IReportWriter Writer { get; }

    /// <inheritdoc cref="ICorrections"/>
    ICorrections Corrections { get; }

    /// <inheritdoc cref="IStorageTrendKeeper"/>
    IStorageTrendKeeper Trends { get; }

    /// <inheritdoc cref="IReportHistory"/>
    IReportHistory History { get; }
}
