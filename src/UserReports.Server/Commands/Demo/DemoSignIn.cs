using System.Security.Cryptography;
using System.Text.Json;

namespace UserReports.Server.Commands.Demo;

/// <summary>How to sign in to a generated platform; kept beside it, for nobody but its owner to read.</summary>
/// <param name="Token">The superuser's API token.</param>
internal sealed record DemoSignIn(string Username, string Password, string Token)
{
    private const int TokenMax = 40;

    /// <summary>A new sign-in with secrets of its own.</summary>
    /// <param name="token">The token, or null for a random one.</param>
    public static DemoSignIn Make(string? token)
    {
        if (
            token is { Length: 0 or > TokenMax }
            || token?.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')) == true
        )
        {
            throw new CommandException(
                $"--admin-token must have 1 to {TokenMax} letters, digits, hyphens and underscores.",
                ExitCode.WrongUsage
            );
        }

        return new(
            "admin",
            RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 14),
            token ?? RandomNumberGenerator.GetHexString(TokenMax, lowercase: true)
        );
    }

    /// <summary>What was kept, or null if there is nothing.</summary>
    public static DemoSignIn? Read(string path) =>
        File.Exists(path) ? JsonSerializer.Deserialize<DemoSignIn>(File.ReadAllText(path)) : null;

    public void Write(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        JsonSerializer.Serialize(file, this);
    }
}
