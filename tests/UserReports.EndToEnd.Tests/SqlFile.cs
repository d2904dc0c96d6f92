namespace UserReports.EndToEnd.Tests;

/// <summary>The SQL that lies beside the tests.</summary>
internal static class SqlFile
{
    public static string Read(string name)
    {
        using var stream =
            typeof(SqlFile).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
