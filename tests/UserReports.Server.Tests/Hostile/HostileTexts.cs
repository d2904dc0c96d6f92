namespace UserReports.Server.Tests.Hostile;

/// <summary>One for each way in which stored text has come alive elsewhere.</summary>
internal static class HostileTexts
{
    /// <summary>What runs leaves its name in <c>window.ran</c>, or opens a dialog.</summary>
    public static readonly string[] All =
    [
        "<script>window.ran='script'</script>",
        "\"><img src=x onerror=window.ran='image'>",
        "' autofocus onfocus=window.ran='focus' x='",
        "javascript:window.ran='link'",
        "{{constructor.constructor(\"window.ran='template'\")()}}${window.ran='literal'}@(1)",
        "</textarea></title></style></script><svg onload=window.ran='vector'>",
        "=cmd|'/C calc'!A0",
        "\u202e\u2066txt.exe\u200b\ufeff",
        new('W', 3000),
        "<iframe srcdoc=\"<script>parent.alert('frame')</script>\"></iframe><base href=//elsewhere.example/>",
        "--><!--<a href=\"data:text/html,<script>opener.ran='data'</script>\">\u001b[2J",
    ];

    /// <summary>Those that fit into an address.</summary>
    public static IEnumerable<string> Short => All.Where(text => text.Length < 1000);

    /// <summary>Whether one of them is in a text.</summary>
    public static bool AreIn(string? text) =>
        text is not null && All.Any(hostile => text.Contains(hostile, StringComparison.Ordinal));
}
