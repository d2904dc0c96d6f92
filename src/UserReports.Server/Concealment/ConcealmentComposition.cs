using UserReports.Feed.Ledger;
using UserReports.Server.Configuration;
using UserReports.Store;
using UserReports.Workspace.Reveals;
using UserReports.Workspace.Secrets;

namespace UserReports.Server.Concealment;

/// <summary>Puts concealment together.</summary>
internal static class ConcealmentComposition
{
    private const string KeyName = "pseudonyms";

    /// <summary>Needs an <c>IReportReader</c> and <see cref="InstallationKeys"/>.</summary>
    public static IServiceCollection AddConcealment(this IServiceCollection services, ServerSettings settings)
    {
        var concealment = ConcealmentSettings.Of(settings);
        if (concealment.IsOn)
            services.AddSingleton(provider => new Pseudonyms(KeyOf(provider.GetRequiredService<InstallationKeys>())));
        return services
            .AddSingleton<RevealStore>()
            .AddSingleton<Reveals>()
            .AddSingleton(provider => new NameConcealment(
                concealment,
                provider.GetService<Pseudonyms>(),
                provider.GetRequiredService<Reveals>(),
                provider.GetRequiredService<IReportReader>()
            ));
    }

    /// <summary>Reads or makes the key of pseudonyms where names are concealed: without it nothing is shown.</summary>
    /// <exception cref="SettingsException">It can neither be read nor made.</exception>
    public static void EnsurePseudonyms(this IServiceProvider services) => services.GetService<Pseudonyms>();

    private static byte[] KeyOf(InstallationKeys keys)
    {
        try
        {
            return keys.ReadOrMake(KeyName);
        }
        catch (LedgerException e)
        {
            throw new SettingsException([
                $"{NameSettings.Conceal.Name} is on, but the key of the pseudonyms can neither be read nor made: {e.Message}",
            ]);
        }
    }
}
