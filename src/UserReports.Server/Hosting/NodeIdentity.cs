using UserReports.Server.Audit;
using UserReports.Server.Configuration;

namespace UserReports.Server.Hosting;

/// <summary>Which node this is: its audit log stays with it, so what it is known by lies in that folder.</summary>
internal static class NodeIdentity
{
    private const string FileName = "node.id";

    /// <summary>
    /// Reads what this node is known by, or makes it. Where the folder cannot be written there will be no records to be
    /// asked for either, and the node has another id with its next start.
    /// </summary>
    public static AuditNode Of(ServerSettings settings)
    {
        var folder = settings.FolderOf(SettingsTable.AuditFolder);
        var path = Path.Combine(folder, FileName);
        var name = NodeSettings.NameOf(settings);
        try
        {
            if (!File.Exists(path))
            {
                Directory.CreateDirectory(folder);
                File.WriteAllText(path, MakeId());
            }

            return new(File.ReadAllText(path).Trim() is { Length: > 0 } id ? id : MakeId(), name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(MakeId(), name);
        }
    }

    private static string MakeId() => Guid.NewGuid().ToString("N");
}
