using MudBlazor;

namespace UserReports.Server.Explorer.Frame;

/// <summary>The component library's colours, the same as those of explorer.css.</summary>
internal static class ExplorerTheme
{
    public static readonly MudTheme Theme = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#1d5b94",
            Background = "#f6f7f9",
            Surface = "#ffffff",
            TextPrimary = "#1a2330",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#7fb8ee",
            Background = "#12161c",
            Surface = "#1a2028",
            TextPrimary = "#e6eaf0",
        },
        Typography = new()
        {
            Default = new DefaultTypography { FontFamily = ["system-ui", "sans-serif"], FontSize = "0.875rem" },
        },
    };
}
