using System.Globalization;
using System.Text;
using UserReports.Core.Query;
using UserReports.Core.Reports;

namespace UserReports.Core.Tests.Query;

/// <summary>
/// Random and mutated texts through parser, binder and completion: every one is a query or has errors within the text.
/// <c>USERREPORTS_TEST_INPUTS=2000000</c> for the long run.
/// </summary>
public sealed class FuzzTests
{
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
    [Trait("Category", "Slow")]
    public void Compile_AnyText_IsAQueryOrHasErrors()
    {
        var count = int.Parse(
            Environment.GetEnvironmentVariable("USERREPORTS_TEST_INPUTS") ?? "10000",
            CultureInfo.InvariantCulture
        );
        var random = new Random(count);
        string[] valid =
        [
            "is_active:true (organization__role:admin OR service_usage__balances__submission__balance_percent__gte:90) NOT last_login__gte:2025-01-01",
            "subscriptions[]__items[]__price__product__name:\"Teams\" username__iregex:'^(a|b)+$'",
            "extra_details__data__country__in:\"'a,b',c\" OR date_joined__year__range:2020,2024",
            .. ReportCatalogue.All.Select(f => $"{f.Path}:null"),
        ];
        var taken = 0;
        for (var i = 0; i < count; i++)
        {
            var q = random.Next(3) == 0 ? Build(random) : Mutate(random, valid[random.Next(valid.Length)]);
            var ordering = random.Next(4) == 0 ? Mutate(random, "-username,service_usage__total_storage_bytes") : null;
            if (Check(q, ordering, random))
                taken++;
        }

        Assert.InRange(taken, count / 100, count * 99L / 100);
    }

    private static bool Check(string q, string? ordering, Random random)
    {
        var result = QueryCompiler.Compile(q, ordering);
        _ = QueryCompletion.At(q, random.Next(q.Length + 1));
        Assert.Equal(result.Query is null, result.Errors.Count > 0);
        Assert.All(
            result.Errors,
            error =>
            {
                Assert.NotEmpty(error.Message);
                Assert.InRange(error.Position, 0, Math.Max(q.Length, ordering?.Length ?? 0));
            }
        );
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
