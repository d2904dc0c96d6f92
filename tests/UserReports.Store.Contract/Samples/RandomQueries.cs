using CsCheck;
using UserReports.Core.Query;
using UserReports.Core.Query.Values;
using UserReports.Core.Reports;

namespace UserReports.Store.Contract.Samples;

/// <summary>
/// Bound queries of every shape: all lookups, nulls, nested lists, Unicode, wildcards, NOT over nulls, deep nesting.
/// </summary>
internal static class RandomQueries
{
    private static readonly string[] Texts =
    [
        "",
        "a",
        "demo",
        "DEMO",
        "ana",
        "straße",
        "STRASSE",
        "σίσυφος",
        "ς",
        "%",
        "_",
        "100%",
        "'",
        "\"",
        "\\",
        "محمد",
        "😀",
        "\ue000",
        "ı",
        "İ",
        "active",
        "canceled",
        "google",
        "owner",
        "KEN",
        "Health",
        "HEALTH",
        "null",
        "true",
        "false",
        "42",
        "7",
        "4.5",
        "prod_1",
        "sub_",
        "usd",
        "\u212a",
        "ſ",
        "x%y",
        "org1",
        "@example.org",
    ];

    private static readonly string[] Patterns =
    [
        "a",
        "^demo",
        "o$",
        "[0-9]+",
        "a.*i",
        "^$",
        "(ana|demo)",
        "a{2}",
        "\\\\",
        "%",
        "[^a-z]",
        "e?x",
        "@example\\.org$",
    ];

    private static readonly string[] InstantTexts =
    [
        "2026",
        "2025-1",
        "2026-02",
        "2024-12-31",
        "2026-01-31T1",
        "T12:",
        "Z",
        "z",
        "+00:00",
        ".5",
        "5+00",
        "t0",
        "",
    ];

    private static readonly string[] FreeFormKeys =
    [
        "country",
        "sector",
        "name",
        "age",
        "tags",
        "tags__0",
        "tags[]",
        "nested__deep[]__er",
        "visits[]__country",
        "visits[]__tags[]",
        "country[]",
        "nested__deep__er",
        "flag",
        "year",
        "a/b~c",
        "missing",
        "seats",
        "interval",
        "interval_count",
        "product_type",
        "n",
        "trial",
    ];

    private static readonly Gen<FieldPath> Paths = Pick([
            ReportCatalogue.RowId,
            .. ReportCatalogue.All.Where(f => f.Name != "last_updated"),
        ])
        .SelectMany(field =>
            Elements(field).SelectMany(elements => Keys(field).Select(keys => new FieldPath(field, elements, keys)))
        );

    private static readonly Gen<Condition> Term = Paths.SelectMany(TermOf);

    public static readonly Gen<ReportQuery> Queries = Gen.Select(
        Node(3),
        Paths
            .Where(p =>
                p is { IsSingle: true, Field.IsInSeries: false }
                && (p.Field.IsScalar || (p.Kind == FieldKind.Json && p.Keys.Count > 0))
            )
            .Array[0, 3],
        Gen.Bool.Array[3],
        (filter, paths, descending) =>
            new ReportQuery(filter, [.. paths.Select((p, i) => new OrderTerm(p, descending[i]))])
    );

    private static Gen<T> Pick<T>(T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Gen<Condition> Node(int depth) =>
        depth == 0
            ? Term
            : Gen.Frequency(
                (3, Term),
                (2, Node(depth - 1).Array[1, 3].Select(parts => (Condition)new Condition.All(parts))),
                (2, Node(depth - 1).Array[1, 3].Select(parts => (Condition)new Condition.Any(parts))),
                (2, Node(depth - 1).Select(part => (Condition)new Condition.Not(part)))
            );

    private static Gen<Condition> TermOf(FieldPath path)
    {
        var isNull = Gen.Bool.Select(expected => (Condition)new Condition.IsNull(path, expected));
        switch (path.Kind)
        {
            case FieldKind.List:
                return Gen.OneOf(Gen.Const((Condition)new Condition.IsEmpty(path)), isNull);
            case FieldKind.Object:
                return isNull;
            case FieldKind.Instant:
                return Gen.Enum<InstantPart>()
                    .SelectMany(part =>
                        Gen.OneOf(
                            Comparison(
                                path,
                                part,
                                part is InstantPart.Whole ? Instant
                                    : part is InstantPart.Date ? Day
                                    : PartNumber
                            ),
                            isNull
                        )
                    );
            case FieldKind.Json when path.HasAnyKey:
                return Gen.OneOf(
                    Comparison(path, InstantPart.Whole, Value(path.Kind)),
                    isNull,
                    Gen.Const((Condition)new Condition.IsEmpty(path.OfWholeList))
                );
            default:
                return Gen.OneOf(Comparison(path, InstantPart.Whole, Value(path.Kind)), isNull);
        }
    }

    private static Gen<QueryValue> Instant =>
        Gen.Int[0, 100_000_000]
            .Select(s => (QueryValue)new QueryValue.Instant(Testing.SampleReports.Now.AddSeconds(-s)));

    private static Gen<QueryValue> Day =>
        Gen.Int[0, 1200]
            .Select(d =>
                (QueryValue)
                    new QueryValue.Instant(new(Testing.SampleReports.Now.UtcDateTime.Date.AddDays(-d), TimeSpan.Zero))
            );

    private static Gen<QueryValue> PartNumber =>
        Gen.OneOf(Gen.Int[1, 31], Gen.Int[2023, 2027]).Select(n => (QueryValue)new QueryValue.Number((long)n));

    private static Gen<QueryValue> Value(FieldKind kind) =>
        kind switch
        {
            FieldKind.Boolean => Gen.Bool.Select(b => (QueryValue)new QueryValue.Boolean(b)),
            FieldKind.Integer or FieldKind.Decimal => Gen.OneOf(
                    Gen.Int[-5, 20_000].Select(n => (ExactNumber)(long)n),
                    Gen.Long.Select(n => (ExactNumber)n),
                    Gen.Int[-100, 100].Select(n => (ExactNumber)(n / 4m)),
                    Pick([decimal.MaxValue, decimal.MinValue, 20_000_000_000m, ExactNumber.Parse("1e60")])
                )
                .Select(n => (QueryValue)new QueryValue.Number(n)),
            FieldKind.Json => Pick(Texts)
                .Select(t =>
                    (QueryValue)
                        new QueryValue.FreeForm(
                            t,
                            ExactNumber.TryParse(t, out var n) ? n : null,
                            bool.TryParse(t, out var b) ? b : null
                        )
                ),
            _ => Pick(Texts).Select(t => (QueryValue)new QueryValue.Text(t)),
        };

    private static Gen<Condition> Comparison(FieldPath path, InstantPart part, Gen<QueryValue> value)
    {
        IEnumerable<Lookup> lookups = part is InstantPart.Whole ? Lookups.Of(path.Kind) : Lookups.Of(FieldKind.Integer);
        return Pick([.. lookups.Where(l => l != Lookup.IsNull)])
            .SelectMany(lookup =>
            {
                var isText = path.Kind == FieldKind.Instant && Lookups.IsTextual(lookup);
                var values = lookup switch
                {
                    _ when isText && lookup is not (Lookup.Regex or Lookup.IRegex) => Pick(InstantTexts)
                        .Select(t => (QueryValue)new QueryValue.Text(t))
                        .Array[1],
                    Lookup.In => value.Array[1, 4],
                    Lookup.Range => value.Array[2],
                    Lookup.Regex or Lookup.IRegex => Pick(Patterns)
                        .Select(p =>
                            path.Kind == FieldKind.Json
                                ? (QueryValue)new QueryValue.FreeForm(p, null, null)
                                : new QueryValue.Text(p)
                        )
                        .Array[1],
                    _ => value.Array[1],
                };
                return values.Select(v => (Condition)new Condition.Comparison(path, part, lookup, v));
            });
    }

    private static Gen<IReadOnlyList<int?>> Elements(Field field)
    {
        var lists = 0;
        for (var parent = field.Parent; parent is not null; parent = parent.Parent)
            lists += parent.Kind == FieldKind.List ? 1 : 0;
        return Gen.Frequency((3, Gen.Const((int?)null)), (2, Gen.Int[0, 2].Select(i => (int?)i)))
            .Array[lists]
            .Select(e => (IReadOnlyList<int?>)e);
    }

    private static Gen<IReadOnlyList<string?>> Keys(Field field) =>
        field.Kind == FieldKind.Json
            ? Pick(FreeFormKeys).Select(k => (IReadOnlyList<string?>)[.. k.Split("__").SelectMany(KeysOf)])
            : Gen.Const((IReadOnlyList<string?>)[]);

    private static IEnumerable<string?> KeysOf(string key) =>
        key.EndsWith("[]", StringComparison.Ordinal) ? [key[..^2], null] : [key];
}
