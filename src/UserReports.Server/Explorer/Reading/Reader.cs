using UserReports.Server.Explorer.Looking;

namespace UserReports.Server.Explorer.Reading;

/// <summary>The person in front of an open page.</summary>
public sealed class Reader
{
    /// <summary>How numbers and times are written for them.</summary>
    public ReaderFormat Format { get; private set; } = ReaderFormat.Of(null);

    /// <summary>Where they sit, for the audit log.</summary>
    public string? Address { get; private set; }

    /// <summary>light, dark or system, as they chose.</summary>
    public string Theme { get; private set; } = "system";

    /// <summary>Remembers what the first request said.</summary>
    public void Is(string? acceptLanguage, string? address, string theme) =>
        (Format, Address, Theme) = (ReaderFormat.Of(acceptLanguage), address, theme);
}
