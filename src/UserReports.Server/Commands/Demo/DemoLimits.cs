namespace UserReports.Server.Commands.Demo;

/// <summary>The limits of a demo without Stripe: a file to read, to change, and to begin one's own with.</summary>
internal static class DemoLimits
{
    /// <summary>The file in a demo's folder, or null if the demo has Stripe.</summary>
    public static string? PathIn(string folder) =>
        Path.Combine(folder, "limits.json") is var path && File.Exists(path) ? path : null;

    /// <summary>Writes limits that some accounts are over, and some are near.</summary>
    public static Task WriteAsync(string folder, DemoSignIn signIn, CancellationToken cancellationToken) =>
        File.WriteAllTextAsync(
            Path.Combine(folder, "limits.json"),
            $$"""
            {
              // For every organisation, unless something below says otherwise. 0 is not included.
              "default": { "submission": 1000, "storage_bytes": "500 MB", "llm_requests": 0 },

              // For the organisations that an account owns, by its username.
              "accounts": {
                "{{signIn.Username}}": { "submission": "unlimited", "storage_bytes": "50 GB" },
              },

              // For single organisations, by their identifier.
              "organizations": {
              },
            }

            """,
            cancellationToken
        );
}
