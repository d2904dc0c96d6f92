using UserReports.Sources.Connections;
using UserReports.Sources.Load;
using UserReports.Sources.Schema;
using UserReports.Sources.Stripe;

namespace UserReports.Sources.Reading;

/// <summary>Which tables and columns the two databases have, and what follows from that.</summary>
internal sealed record SourceShape(SourceCatalogue Platform, SourceCatalogue Usage, SourceInspection Inspection)
{
    /// <summary>Reads both catalogues.</summary>
    /// <exception cref="SourceException">A required table or column is missing; the message names it.</exception>
    public static async Task<SourceShape> ReadAsync(
        SourceDatabase platform,
        SourceDatabase usage,
        StripeUse stripe,
        CancellationToken cancellationToken
    )
    {
        Task<SourceCatalogue> CatalogueOf(SourceDatabase database) =>
            database.ReadForRunAsync(
                SourceWork.Inspection,
                session => SourceCatalogue.ReadAsync(session, cancellationToken),
                cancellationToken
            );
        var reading = (Platform: CatalogueOf(platform), Usage: CatalogueOf(usage));
        await Task.WhenAll(reading.Platform, reading.Usage);
        var (ofPlatform, ofUsage) = (await reading.Platform, await reading.Usage);
        ofPlatform.Require("platform", SourceTables.Platform);
        ofUsage.Require("usage", SourceTables.Usage);
        if (stripe != StripeUse.Off)
            ofPlatform.RequireStripeWholeOrNone();
        var shape = new SourceShape(
            ofPlatform,
            ofUsage,
            new(
                stripe != StripeUse.Off && ofPlatform.HasStripe,
                [.. ofPlatform.Notes(), .. ofPlatform.NotesOfColumns(), .. ofUsage.NotesOfColumns()]
            )
        );
        return await shape.LookForStripeAsync(platform, stripe, cancellationToken);
    }

    /// <summary>The same with what Stripe's tables hold now: the first product makes all the difference.</summary>
    public async Task<SourceShape> LookForStripeAsync(
        SourceDatabase platform,
        StripeUse stripe,
        CancellationToken cancellationToken
    )
    {
        if (stripe != StripeUse.Auto || !Platform.HasStripe)
            return this;
        var hasStripe = await platform.ReadForRunAsync(
            SourceWork.Inspection,
            session => StripePresence.ReadAsync(session, cancellationToken),
            cancellationToken
        );
        return this with { Inspection = Inspection with { HasStripe = hasStripe } };
    }
}
