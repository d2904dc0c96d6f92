namespace UserReports.Sources.Generating;

/// <summary>
/// Fills two empty databases with a platform's accounts: the same for the same number, seed and instant.
/// </summary>
public static class SourceGenerator
{
    private const int ChunkAccounts = 5_000;

    /// <summary>Generates accounts 1 to <see cref="GeneratorSettings.Accounts"/>; account 1 is the superuser.</summary>
    /// <param name="platform">A connection string as in <see cref="SourceSettings"/>.</param>
    /// <param name="usage">Likewise.</param>
    /// <param name="progress">Told the number of accounts written so far.</param>
    /// <exception cref="SourceException">A database cannot be reached or is not empty.</exception>
    public static async Task GenerateAsync(
        string platform,
        string usage,
        GeneratorSettings settings,
        IProgress<long>? progress,
        CancellationToken cancellationToken
    )
    {
        // Both are looked at before anything is made in either.
        await using var platformDatabase = await GeneratedDatabase.OpenAsync("platform", platform, cancellationToken);
        await using var usageDatabase = await GeneratedDatabase.OpenAsync("usage", usage, cancellationToken);
        await platformDatabase.CreateAsync(GeneratedSchema.Platform.Values, cancellationToken);
        await usageDatabase.CreateAsync(GeneratedSchema.Usage.Values, cancellationToken);

        var rows = new GeneratedRows();
        if (settings.WithStripe)
            StripeCatalogue.Write(rows);
        var accounts = new AccountGenerator(settings, rows);
        for (long first = 1; first <= settings.Accounts; first += ChunkAccounts)
        {
            var last = Math.Min(settings.Accounts, first + ChunkAccounts - 1);
            for (var id = first; id <= last; id++)
                accounts.Generate((int)id);
            foreach (var (table, chunk) in rows.Platform.Where(t => settings.WithStripe || !IsOfStripe(t.Key)))
                await platformDatabase.WriteAsync(GeneratedSchema.Platform[table], chunk, cancellationToken);
            foreach (var (table, chunk) in rows.Usage)
                await usageDatabase.WriteAsync(GeneratedSchema.Usage[table], chunk, cancellationToken);
            rows.Clear();
            progress?.Report(last);
        }

        await platformDatabase.FinishAsync(GeneratedSchema.Platform.Values, cancellationToken);
        await usageDatabase.FinishAsync(GeneratedSchema.Usage.Values, cancellationToken);
    }

    private static bool IsOfStripe(string table) => table.Contains("stripe_", StringComparison.Ordinal);
}

/// <summary>What is generated.</summary>
/// <param name="Accounts">How many accounts, at least 1.</param>
/// <param name="Now">The instant that everything lies before.</param>
public sealed record GeneratorSettings(long Accounts, DateTimeOffset Now)
{
    /// <summary>Another seed gives another platform.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>False leaves Stripe's tables empty, as most private servers have them.</summary>
    public bool WithStripe { get; init; } = true;

    /// <summary>The API token of the superuser.</summary>
    public string AdminToken { get; init; } = "demo-token-0123456789abcdef0123456789abcd";

    /// <summary>The superuser's name.</summary>
    public string AdminUsername { get; init; } = "admin";

    /// <summary>The superuser's password, kept as Django keeps it.</summary>
    public string AdminPassword { get; init; } = "demo-password";
}
