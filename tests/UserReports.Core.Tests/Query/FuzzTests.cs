using System.Diagnostics;
using System.Globalization;
using System.Text;
using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Testing;

namespace UserReports.Core.Tests.Query;

/// <summary>
/// Random and mutated texts through parser, binder and completion: every one is a query or has errors within the text.
/// <c>USERREPORTS_TEST_INPUTS</c> sets their number.
/// </summary>
public sealed class FuzzTests
{
    private const int SlowestKept = 200;

    private static readonly string[] Pieces =
    [
        " ",
        " ",
        " ",
        ":",
        ":",
        "(",
        ")",
        "\"",
        "'",
        "\\",
        "__",
        "__",
        "[]",
        ",",
        "-",
        "AND",
        "OR",
        "NOT",
        "null",
        "true",
        "0",
        "1.5",
        "1e99",
        "2026-01-31",
        "2026-01-31T12:00:00Z",
        "username",
        "is_active",
        "asset_count",
        "last_login",
        "organization",
        "subscriptions[]",
        "subscriptions__0",
        "items[]",
        "price",
        "extra_details__data",
        "country",
        "gt",
        "in",
        "range",
        "icontains",
        "regex",
        "isnull",
        "date",
        "year",
        "(a+)+",
        "){2}",
        "{1000}",
        "[a-z]{2,}",
        "\\d",
        "🦊",
        "é",
        "\0",
        "\ud800",
        "\udc00",
        "\u202e",
        "%",
        "_",
        "~",
        "/",
        "$",
        "*",
        ".",
        "\n",
        "\t",
    ];

    [Fact]
    [Trait("Category", "Random")]
    public void Compile_AnyText_IsAQueryOrHasErrors()
    {
        var count = Chance.Count(3000, 1_000_000, "USERREPORTS_TEST_INPUTS");
        var random = new Random(Chance.Seed);
        string[] valid =
        [
            "is_active:true (organization__role:admin OR service_usage__balances__submission__balance_percent__gte:90) NOT last_login__gte:2025-01-01",
            "subscriptions[]__items[]__price__product__name:\"Teams\" username__iregex:'^(a|b)+$'",
            "extra_details__data__country__in:\"'a,b',c\" OR date_joined__year__range:2020,2024",
            .. ReportCatalogue.All.Select(f => $"{f.Path}:null"),
        ];
        var taken = 0;
        var slowest = new PriorityQueue<(string Q, string? Ordering), TimeSpan>();
        for (var i = 0; i < count; i++)
        {
            var q = random.Next(3) == 0 ? Build(random) : Mutate(random, valid[random.Next(valid.Length)]);
            var ordering = random.Next(4) == 0 ? Mutate(random, "-username,service_usage__total_storage_bytes") : null;
            var start = Stopwatch.GetTimestamp();
            if (Check(q, ordering, random))
                taken++;
            slowest.Enqueue((q, ordering), Stopwatch.GetElapsedTime(start));
            if (slowest.Count > SlowestKept)
                slowest.Dequeue();
        }

        foreach (var (q, ordering) in Hostile())
            Check(q, ordering, random);
        if (Chance.IsLong)
            Tell(slowest);

        Assert.True(taken > count / 100 && taken < count * 99L / 100, $"{Chance.Told}: {taken} of {count} are queries");
    }

    /// <summary>
    /// The inputs that took longest are timed again, at their best of several times: what the collector or another
    /// process took does not count.
    /// </summary>
    private static void Tell(PriorityQueue<(string Q, string? Ordering), TimeSpan> slowest)
    {
        var times = slowest
            .UnorderedItems.Select(item => item.Element)
            .Concat(Hostile())
            .Select(input => (input.Q, Time: Enumerable.Range(0, 10).Min(_ => TimeOf(input.Q, input.Ordering))))
            .OrderByDescending(input => input.Time)
            .ToList();
        foreach (var (q, time) in times.Take(3))
        {
            TestContext.Current.TestOutputHelper?.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{time.TotalMilliseconds:F2} ms: {q[..Math.Min(80, q.Length)]}"
                )
            );
        }
    }

    /// <summary>Texts built to take long: many misspelt paths, patterns within patterns, lists within lists.</summary>
    private static IEnumerable<(string Q, string? Ordering)> Hostile()
    {
        static string Many(string text, int count) => string.Concat(Enumerable.Repeat(text, count));
        yield return (Many("total_submission_count_current_perxx:1 ", 100), null);
        yield return (Many("subscriptions[]__items[]__price__human_readable_pricx:1 ", 70), null);
        yield return (Many("extra_details__data__a__b__c__d:1 ", 100), null);
        yield return ($"extra_details__data__{Many("a__", 1000)}a:1", null);
        yield return ($"{Many("a__", 1300)}a:1", null);
        yield return ($"username__regex:'{Many("(", 800)}a{Many("){2}", 800)}'", null);
        yield return ($"username__regex:'{Many("(a|", 1000)}a{Many(")", 1000)}'", null);
        yield return ($"username__regex:'{new string('a', 4000)}'", null);
        yield return (Many("username__iregex:'(?i)[à-ÿ]{9}' ", 100), null);
        yield return ($"username__in:\"{Many("'a',", 1000)}\"", null);
        yield return ($"username__in:{new string(',', 4000)}", null);
        yield return ("", string.Join(',', Enumerable.Repeat("service_usage__balances__submissin", 5)));
        yield return ("", string.Join(',', Enumerable.Repeat("total_submission_count_current_perxx", 5)));
        yield return ("", new string(',', 500_000));
        yield return (new string('(', 4096), null);
        yield return (Many("NOT ", 1024), null);
    }

    private static TimeSpan TimeOf(string q, string? ordering)
    {
        var start = Stopwatch.GetTimestamp();
        QueryCompiler.Compile(q, ordering);
        return Stopwatch.GetElapsedTime(start);
    }

    private static bool Check(string q, string? ordering, Random random)
    {
        var result = QueryCompiler.Compile(q, ordering);
        _ = QueryCompletion.At(q, random.Next(q.Length + 1));
        var told = $"{Chance.Told}: {q} / {ordering}";
        Assert.True(result.Query is null == result.Errors.Count > 0, told);
        foreach (var error in result.Errors)
        {
            Assert.True(error.Message.Length > 0, told);
            Assert.True(error.Position >= 0 && error.Position <= Math.Max(q.Length, ordering?.Length ?? 0), told);
        }

        return result.Query is not null;
    }

    private static string Build(Random random)
    {
        var text = new StringBuilder();
        for (var pieces = random.Next(1, 40); pieces > 0; pieces--)
            text.Append(
                random.Next(12) == 0 ? ((char)random.Next(0x3000)).ToString() : Pieces[random.Next(Pieces.Length)]
            );
        return text.ToString();
    }

    private static string Mutate(Random random, string text)
    {
        var mutated = new StringBuilder(text);
        for (var edits = random.Next(1, 5); edits > 0 && mutated.Length > 0; edits--)
        {
            var at = random.Next(mutated.Length);
            switch (random.Next(5))
            {
                case 0:
                    mutated.Remove(at, Math.Min(random.Next(1, 6), mutated.Length - at));
                    break;
                case 1:
                    mutated.Insert(at, Pieces[random.Next(Pieces.Length)]);
                    break;
                case 2:
                    mutated[at] = (char)random.Next(32, 0x250);
                    break;
                case 3:
                    mutated.Append(' ').Append(text);
                    break;
                default:
                    mutated.Insert(0, random.Next(2) == 0 ? "NOT " : "(");
                    break;
            }
        }

        return mutated.ToString();
    }
}
