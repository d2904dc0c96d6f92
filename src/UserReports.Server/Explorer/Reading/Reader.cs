using UserReports.Server.Explorer.Table;

namespace UserReports.Server.Explorer.Reading;

/// <summary>The person in front of an open page.</summary>
public sealed class Reader
{
    private string? loadedFrom;
    private string? connectedFrom;

    /// <summary>How numbers and times are written for them.</summary>
    public ReaderFormat Format { get; private set; } = ReaderFormat.Of(null);

    /// <summary>Where they sit, for the audit log: from where the page is connected now.</summary>
    public string? Address => connectedFrom ?? loadedFrom;

    /// <summary>light, dark or system, as they chose.</summary>
    public string Theme { get; private set; } = "system";

    /// <summary>Remembers what the first request said.</summary>
    public void Is(string? acceptLanguage, string? address, string theme) =>
        (Format, loadedFrom, Theme) = (ReaderFormat.Of(acceptLanguage), address, theme);

    /// <summary>Remembers from where the page is connected; null where the connection does not say.</summary>
    public void ConnectFrom(string? address) => connectedFrom = address;
}
