using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using UserReports.Workspace.Secrets;

namespace UserReports.Server.Hosting;

/// <summary>The framework's keys of cookies and cursors in the workspace.</summary>
/// <remarks>The framework asks once a day, and only in words that do not wait.</remarks>
internal sealed class WorkspaceKeys(KeyRing ring) : IXmlRepository
{
    /// <inheritdoc/>
    public IReadOnlyCollection<XElement> GetAllElements() => [.. ring.All().Select(XElement.Parse)];

    /// <inheritdoc/>
    public void StoreElement(XElement element, string friendlyName) =>
        ring.Add(friendlyName, element.ToString(SaveOptions.DisableFormatting));
}
