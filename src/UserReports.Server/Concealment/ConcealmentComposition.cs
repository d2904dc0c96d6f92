using UserReports.Server.Configuration;
using UserReports.Store;

namespace UserReports.Server.Concealment;

/// <summary>Puts concealment together.</summary>
internal static class ConcealmentComposition
{
    /// <summary>Needs an <c>IReportReader</c>. Where names are concealed, their key is read or made.</summary>
    /// <exception cref="SettingsException">The key can neither be read nor made.</exception>
    public static IServiceCollection AddConcealment(this IServiceCollection services, ServerSettings settings)
    {
        var concealment = ConcealmentSettings.Of(settings);
        var pseudonyms = concealment.IsOn ? new Pseudonyms(KeyOf(concealment)) : null;
        return services
            .AddSingleton<Reveals>()
            .AddSingleton(provider => new NameConcealment(
                concealment,
                pseudonyms,
                provider.GetRequiredService<Reveals>(),
                provider.GetRequiredService<IReportReader>()
            ));
    }

    private static byte[] KeyOf(ConcealmentSettings concealment)
    {
        try
        {
            return InstallationKey.ReadOrMake(concealment.KeyFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException([
                $"{NameSettings.Conceal.Name} is on, but the key {concealment.KeyFile} of the pseudonyms can neither be read nor "
                    + $"made: {e.Message}",
            ]);
        }
    }
}
