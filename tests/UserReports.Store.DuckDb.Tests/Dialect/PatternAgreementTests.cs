using DuckDB.NET.Data;
using UserReports.Core.Query;
using UserReports.Core.Query.Patterns;
using UserReports.Testing;

namespace UserReports.Store.DuckDb.Tests.Dialect;

/// <summary>
/// The language takes exactly the patterns that the store's engine takes, and tells so without asking it; and the tree
/// of a pattern, written anew, matches what the pattern matches. <c>USERREPORTS_TEST_PATTERNS</c> sets how many are
/// tried.
/// </summary>
public sealed class PatternAgreementTests : IDisposable
{
    private readonly DuckDBConnection connection = new("DataSource=:memory:");
    private readonly DuckDBCommand command;
    private readonly DuckDBParameter parameter = new("");

    public PatternAgreementTests()
    {
        connection.Open();
        command = connection.CreateCommand();
        command.CommandText = """
            create table texts as select row_number() over () as n, t from (values
                (''), ('a'), ('A'), ('ab0'), ('b0ab'), ('aa'), ('aaaaa'), ('AB'), (' '), (E'a\nb'), (E'\n'), (E'b\n'), ('a_b'),
                ('é'), ('É'), ('🦊a'), ('λ'), ('(a|b)*'), ('P<n>'), ('-^$.'), ('[]{}'), ('x{2'), ('{,3}'), ('O'), ('7'), ('Qa')
            ) as all_texts(t)
            """;
        command.ExecuteNonQuery();
        command.CommandText =
            "select string_agg(case when regexp_matches(t, $1) then '1' else '0' end, '' order by n) from texts";
        command.Parameters.Add(parameter);
    }

    [Fact]
    [Trait("Category", "Random")]
    public void Compile_AnyPattern_IsTakenIfTheStoreTakesItAndMatchesTheSameWrittenAnew()
    {
        var count = Chance.Count(3000, 1_000_000, "USERREPORTS_TEST_PATTERNS");
        var random = new Random(Chance.Seed);
        List<string> differences = [];
        var taken = 0;
        for (var i = 0; i < count; i++)
        {
            var pattern = RandomPatterns.Make(random);
            var errors = QueryCompiler.Compile($"username__regex:{Quoted(pattern)}", null).Errors;
            var (matches, refusal) = Ask(pattern);
            if (refusal is null && errors.Count == 0)
            {
                taken++;
                var anew = PatternText.Write(Pattern.Parse(pattern));
                if (!HasEmptyGroup(pattern) && Ask(anew) is var (same, fault) && same != matches)
                    differences.Add($"{pattern} is {matches}, {anew} is {same}{fault}");
            }
            // What is too much for either of them needs not be too much for the other.
            else if (
                refusal is null
                    ? !errors[0].Message.Contains("pieces", StringComparison.Ordinal)
                    : errors.Count == 0 && !refusal.Contains("pattern too large", StringComparison.Ordinal)
            )
            {
                differences.Add($"{pattern} -- {refusal ?? errors[0].Message}");
            }
        }

        Assert.True(differences.Count == 0, $"{Chance.Told}:\n{string.Join('\n', differences.Take(20))}");
        Assert.True(taken > count / 20 && taken < count - count / 20, $"{Chance.Told}: {taken} of {count} taken");
    }

    public void Dispose()
    {
        command.Dispose();
        connection.Dispose();
    }

    /// <summary>Which of the texts the engine finds it in, or why it takes no such pattern.</summary>
    private (string? Matches, string? Refusal) Ask(string pattern)
    {
        parameter.Value = pattern;
        try
        {
            return ((string)command.ExecuteScalar()!, null);
        }
        catch (DuckDBException e)
        {
            return (null, e.Message);
        }
    }

    /// <summary>
    /// A group that captures and holds nothing: what follows one is found by this engine at the text's beginning
    /// alone, <c>(?:){</c> for one, which no reading of the pattern explains.
    /// </summary>
    private static bool HasEmptyGroup(string pattern) => pattern.Contains(":)", StringComparison.Ordinal);

    private static string Quoted(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
