using System.Text;
using DuckDB.NET.Data;
using UserReports.Core.Query;
using UserReports.Testing;

namespace UserReports.Store.DuckDb.Tests.Sql;

/// <summary>
/// The language takes exactly the patterns that the store's engine takes, and tells so without asking it.
/// <c>USERREPORTS_TEST_PATTERNS</c> sets how many are tried.
/// </summary>
public sealed class PatternAgreementTests
{
    private static readonly string[] Pieces =
    [
        .. "ab0-^$.|()()[]{}*+?\\,:=!<>P_é🦊\n/ ".EnumerateRunes().Select(rune => rune.ToString()),
        "(?:",
        "(?i)",
        "(?-s:",
        "(?P<n>",
        "(?<n>",
        "(?<m1>",
        "(?=",
        "(?<!",
        "(?>",
        "(?#",
        "(?",
        "{2}",
        "{0}",
        "{1}",
        "{0,}",
        "{3,}",
        "{2,5}",
        "{5,2}",
        "{1000}",
        "{1001}",
        "{500}",
        "{,3}",
        "{01}",
        "{2",
        "[a-z]",
        "[^",
        "[]",
        "[[:alpha:]]",
        "[:digit:]",
        "[[:x:]]",
        "[[:^word:]]",
        "[z-a]",
        "[\\d-z]",
        "[a-\\d]",
        "\\d",
        "\\D",
        "\\w",
        "\\s",
        "\\b",
        "\\B",
        "\\A",
        "\\z",
        "\\Z",
        "\\C",
        "\\G",
        "\\e",
        "\\cA",
        "\\Q",
        "\\E",
        "\\n",
        "\\v",
        "\\h",
        "\\1",
        "\\12",
        "\\0",
        "\\8",
        "\\x4f",
        "\\x{1F98A}",
        "\\x{110000}",
        "\\x{}",
        "\\x4",
        "\\u0041",
        "\\pL",
        "\\p{Greek}",
        "\\P{^Lu}",
        "\\p{",
        "\\pé",
        "\\_",
        "\\-",
        "\\]",
        "\\ ",
        "\\é",
        "\\🦊",
        "*?",
        "??",
        "+?",
        "**",
        "a*+",
    ];

    [Fact]
    [Trait("Category", "Random")]
    public void Compile_AnyPattern_IsTakenIfTheStoreTakesIt()
    {
        var count = Chance.Count(8000, 1_000_000, "USERREPORTS_TEST_PATTERNS");
        var random = new Random(Chance.Seed);
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "select regexp_matches('', $1)";
        var parameter = new DuckDBParameter("");
        command.Parameters.Add(parameter);
        List<string> differences = [];
        var taken = 0;
        for (var i = 0; i < count; i++)
        {
            var pattern = Make(random);
            var errors = QueryCompiler.Compile($"username__regex:{Quoted(pattern)}", null).Errors;
            parameter.Value = pattern;
            string? refusal = null;
            try
            {
                command.ExecuteScalar();
            }
            catch (DuckDBException e)
            {
                refusal = e.Message;
            }

            if (refusal is null == (errors.Count == 0))
            {
                taken += refusal is null ? 1 : 0;
                continue;
            }

            // What is too much for either of them needs not be too much for the other.
            if (
                refusal is null
                    ? !errors[0].Message.Contains("pieces", StringComparison.Ordinal)
                    : !refusal.Contains("pattern too large", StringComparison.Ordinal)
            )
                differences.Add($"{pattern} -- {refusal ?? errors[0].Message}");
        }

        Assert.True(differences.Count == 0, $"{Chance.Told}:\n{string.Join('\n', differences.Take(20))}");
        Assert.True(taken > count / 20 && taken < count - count / 20, $"{Chance.Told}: {taken} of {count} taken");
    }

    private static string Make(Random random)
    {
        var pattern = new StringBuilder();
        for (var pieces = random.Next(1, 8); pieces > 0; pieces--)
            pattern.Append(Pieces[random.Next(Pieces.Length)]);
        return pattern.ToString();
    }

    private static string Quoted(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
