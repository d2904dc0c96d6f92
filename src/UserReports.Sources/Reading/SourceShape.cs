using UserReports.Sources.Connections;
using UserReports.Sources.Schema;

namespace UserReports.Sources.Reading;

/// <summary>Which tables and columns the two databases have, and what follows from that.</summary>
internal sealed record SourceShape(SourceCatalogue Platform, SourceCatalogue Usage, SourceInspection Inspection)
{
    /// <summary>Reads both catalogues.</summary>
    /// <exception cref="SourceException">A required table or column is missing; the message names it.</exception>
    public static async Task<SourceShape> ReadAsync(
        SourceDatabase platform,
        SourceDatabase usage,
        bool stripeEnabled,
        CancellationToken cancellationToken
    )
    {
        Task<SourceCatalogue> CatalogueOf(SourceDatabase database) =>
            database.ReadForRunAsync(
                session => SourceCatalogue.ReadAsync(session, cancellationToken),
                cancellationToken
            );
        var reading = (Platform: CatalogueOf(platform), Usage: CatalogueOf(usage));
        await Task.WhenAll(reading.Platform, reading.Usage);
        var (ofPlatform, ofUsage) = (await reading.Platform, await reading.Usage);
        ofPlatform.Require("platform", SourceTables.Platform);
        ofUsage.Require("usage", SourceTables.Usage);
        if (stripeEnabled)
            ofPlatform.RequireStripeWholeOrNone();
        return new(ofPlatform, ofUsage, new(ofPlatform.HasStripe && stripeEnabled, ofPlatform.Notes()));
    }
}
