namespace UserReports.Architecture.Tests;

/// <summary>Fails with every place that breaks a rule, not with the first few.</summary>
internal static class Rule
{
    public static void Holds(IEnumerable<string> broken)
    {
        var places = broken.ToList();
        if (places.Count > 0)
            Assert.Fail($"{places.Count} broken:\n{string.Join('\n', places)}");
    }
}
