using System.Globalization;

namespace UserReports.Testing;

/// <summary>How much a test of chance tries, and from which seed: every run tries something else.</summary>
/// <remarks>
/// A test that uses it is marked <c>[Trait("Category", "Random")]</c>, so that <c>./test --long</c> repeats it at
/// length, and says <see cref="Told"/> in the message of every assertion that chance can fail.
/// </remarks>
public static class Chance
{
    private const string SeedVariable = "USERREPORTS_TEST_SEED";
    private const string LongVariable = "USERREPORTS_TEST_LONG";

    /// <summary>The environment's <c>USERREPORTS_TEST_SEED</c>; without it another one in each process.</summary>
    public static int Seed { get; } = Read(SeedVariable) ?? Random.Shared.Next();

    /// <summary>Whether tests try as much as they do in <c>./test --long</c>: <c>USERREPORTS_TEST_LONG=1</c>.</summary>
    public static bool IsLong { get; } = Read(LongVariable) == 1;

    /// <summary>The seed, and how to repeat what it made.</summary>
    public static string Told =>
        string.Create(CultureInfo.InvariantCulture, $"seed {Seed} (again: {SeedVariable}={Seed})");

    /// <summary>How many cases a test tries.</summary>
    /// <param name="usual">In every run of the tests: no more than some seconds' worth.</param>
    /// <param name="atLength">In <c>./test --long</c>.</param>
    /// <param name="variable">The environment's own word for this test's number, which goes before both.</param>
    public static int Count(int usual, int atLength, string variable) => Read(variable) ?? (IsLong ? atLength : usual);

    /// <exception cref="FormatException">The variable holds something else than a whole number.</exception>
    private static int? Read(string variable) =>
        Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } text ? null
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : throw new FormatException($"{variable} is '{text}', but it must be a whole number.");
}
