using System.Security.Cryptography;

namespace UserReports.Server.Configuration;

/// <summary>Keys that belong to the installation: made once, kept in a file of their own, 0600.</summary>
public static class InstallationKey
{
    /// <summary>Bytes of a key.</summary>
    public const int Bytes = 32;

    /// <summary>Reads a key, or makes it if there is none yet; of several who make it at once, all get the
    /// first.</summary>
    /// <exception cref="IOException">It cannot be read or made, or the file holds something else: a new key would
    /// quietly be another one.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be read or made.</exception>
    public static byte[] ReadOrMake(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (!File.Exists(path))
            Make(path);
        var key = File.ReadAllBytes(path);
        return key.Length == Bytes ? key : throw new IOException($"The file holds {key.Length} bytes, not {Bytes}.");
    }

    private static void Make(string path)
    {
        var made = $"{path}.{Guid.NewGuid():N}.new";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(made, options))
        {
            file.Write(RandomNumberGenerator.GetBytes(Bytes));
            file.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(made, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(made);
        }
    }
}
