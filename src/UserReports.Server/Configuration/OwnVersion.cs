using System.Reflection;

namespace UserReports.Server.Configuration;

/// <summary>The version of this program.</summary>
internal static class OwnVersion
{
    /// <summary>The version, with the commit it was built from where that is known.</summary>
    public static string Text { get; } =
        typeof(OwnVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? "0";
}
