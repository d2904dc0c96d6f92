namespace UserReports.Server.Configuration;

/// <summary>What an operator can set. Declared once, in <see cref="SettingsTable"/>.</summary>
/// <param name="Name">As in appsettings.json, levels joined by a colon; in the environment <c>USERREPORTS__</c> and
/// <c>__</c>.</param>
/// <param name="Default">The text that stands in when nothing is set, or null if there is none.</param>
/// <param name="Valid">What a value must be, as it follows "must be".</param>
/// <param name="Description">What it is for; ends with a full stop.</param>
public abstract record Setting(string Name, string? Default, string Valid, string Description)
{
    /// <summary>True if the value must never be shown, not even in an error.</summary>
    public bool IsSecret { get; init; }

    /// <summary>True if the service cannot start without a value.</summary>
    public bool IsRequired { get; init; }

    /// <summary>The name of the environment variable that sets it.</summary>
    public string Variable => "USERREPORTS__" + Name.Replace(":", "__", StringComparison.Ordinal);

    /// <summary>The value that a text means, or a fault without a value.</summary>
    internal abstract bool TryRead(string text, out object? value);
}

/// <inheritdoc/>
public sealed record Setting<T>(string Name, string? Default, string Valid, string Description, Func<string, T?> Read)
    : Setting(Name, Default, Valid, Description)
{
    /// <inheritdoc/>
    internal override bool TryRead(string text, out object? value)
    {
        value = Read(text);
        return value is not null;
    }
}
