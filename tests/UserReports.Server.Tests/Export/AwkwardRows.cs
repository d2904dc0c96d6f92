using System.Globalization;
using System.IO.Pipelines;
using System.Text.Json.Nodes;
using UserReports.Core.Billing;
using UserReports.Core.Reports;
using UserReports.Server.Export;
using UserReports.Server.Export.Csv;
using UserReports.Store;
using UserReports.Store.Documents;
using UserReports.Testing;

namespace UserReports.Server.Tests.Export;

/// <summary>Reports that a careless writer gets wrong, as the store renders them.</summary>
internal static class AwkwardRows
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 8, 0, 0, TimeSpan.Zero);

    private static readonly string[] Texts =
    [
        "plain",
        "",
        "quote \" in it",
        "comma, and; semicolon",
        "line\nbreak\r\nand tab\t",
        "Grüße 漢字 🌍 𝒳",
        "=1+1",
        "+49 30",
        "-5",
        "@cmd",
        "\tindented",
        "back\\slash",
        " spaces ",
        "</script>&amp;",
        "'apostrophe",
        "\u0001control",
        "user_x0041_b",
        "_x000D_ _x0041\r _X0041_ _x00_",
        "\u001b[2J\u009b\u202etxt.exe",
        "\n=1+1",
        "＝1+1",
        "a;=1+1",
    ];

    /// <summary>Free-form JSON with every kind of value, at keys that must stand in quotes.</summary>
    private const string Details = """
        {"a": [1, 2.5, "x\"}]", {"c": "deep"}],
         "b": {"c": null}, "my key": "=1+1", "x__y": 9007199254740993, "": "",
         "a,\"b\"": true, "fine": 0.12345678901234567890, "small": 1.5}
        """;

    /// <summary>Keys of <see cref="Details"/>, as a client writes them.</summary>
    public const string Keys =
        """username,extra_details__data__"my key",extra_details__data__'x__y',extra_details__data__"","""
        + """extra_details__data__"a,\"b\"",extra_details__data__a__3__c,extra_details__data__b,"""
        + """extra_details__data__fine,extra_details__data__a[],extra_details__data__none""";

    /// <summary>The headers of their columns.</summary>
    public static readonly string[] KeyHeaders =
    [
        "username",
        "extra_details__data__\"my key\"",
        "extra_details__data__\"x__y\"",
        "extra_details__data__\"\"",
        "extra_details__data__\"a,\\\"b\\\"\"",
        "extra_details__data__a__3__c",
        "extra_details__data__b",
        "extra_details__data__fine",
        "extra_details__data__a",
        "extra_details__data__none",
    ];

    /// <summary>What stands there in the first row.</summary>
    public static readonly string?[] KeyValues =
    [
        "plain",
        "=1+1",
        "9007199254740993",
        "",
        "true",
        "deep",
        "{\"c\": null}",
        "0.12345678901234567890",
        "[1, 2.5, \"x\\\"}]\", {\"c\": \"deep\"}]",
        null,
    ];

    /// <summary>The ends of time, and that of February 1900, after which sheets count a day that never was.</summary>
    private static readonly DateTimeOffset[] OldDays =
    [
        new(1900, 3, 1, 0, 0, 0, TimeSpan.Zero),
        new(1900, 2, 28, 23, 59, 59, TimeSpan.Zero),
        new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero),
        new(1, 1, 1, 0, 0, 0, TimeSpan.Zero),
        new(9999, 12, 31, 23, 59, 59, TimeSpan.Zero),
        new(2026, 2, 28, 1, 2, 3, TimeSpan.Zero),
    ];

    public static IReadOnlyList<Report> Reports { get; } =
    [.. Texts.Select((text, i) => Report(i + 1, text)), Report(100, "two-orgs", "oA"), Report(100, "two-orgs", "oB")];

    /// <summary>The rows as the list shows them.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Documents { get; } = [.. Reports.Select(ReportText.Of)];

    public static IReadOnlyList<JsonObject> Rows { get; } =
    [.. Documents.Select(document => JsonNode.Parse(document.Span)!.AsObject())];

    /// <summary>A value of a row by its path.</summary>
    public static JsonNode? At(JsonObject row, string path) =>
        path.Split("__")
            .Aggregate(
                (JsonNode?)row,
                (node, name) =>
                    node switch
                    {
                        JsonObject members => members[name],
                        // A place of a series.
                        JsonArray places => places[int.Parse(name, CultureInfo.InvariantCulture)],
                        _ => null,
                    }
            );

    public static async Task<byte[]> ExportAsync(
        ExportFormat format,
        ExportColumns? columns = null,
        CsvStyle? csv = null,
        int copies = 1
    )
    {
        using var file = new MemoryStream();
        var output = PipeWriter.Create(file, new(leaveOpen: true));
        await using var export = new ReportExport(
            Documents.Count * copies,
            new("1-1", Now, Documents.Count),
            Chunks(copies),
            () => ValueTask.CompletedTask
        );
        await ReportExporter.WriteAsync(
            export,
            format,
            columns ?? ExportColumns.All,
            csv ?? CsvStyle.Plain,
            null,
            output,
            null,
            TestContext.Current.CancellationToken
        );
        await output.CompleteAsync();
        return file.ToArray();
    }

    private static async IAsyncEnumerable<DocumentBatch> Chunks(int copies)
    {
        for (var i = 0; i < copies; i++)
        {
            foreach (var chunk in Documents.Chunk(5))
            {
                await Task.Yield();
                yield return DocumentBatch.Of(chunk);
            }
        }
    }

    private static Report Report(long id, string text, string? organization = null)
    {
        var odd = id % 2 == 1;
        var balances = new MetricValues<Balance?>(Metric.All);
        balances[0] = new Balance(long.MaxValue, long.MinValue, 150, true);
        balances[1] = odd ? new Balance(null, null, 0, false) : null;
        return new()
        {
            UserId = id,
            OrganizationId = organization,
            Account = new()
            {
                Id = id,
                Uid = odd ? $"u{id}" : null,
                Username = text,
                FirstName = text,
                LastName = "",
                Email = "a@example.org",
                IsSuperuser = odd,
                IsStaff = false,
                IsActive = true,
                DateJoined = id <= OldDays.Length ? OldDays[(int)id - 1] : Now.AddDays(-id),
                LastLogin = odd ? null : Now,
                ValidatedEmail = true,
                MfaIsActive = false,
                AcceptedTos = odd,
                AssetCount = 9_007_199_254_740_993,
                ActiveProjectCount = -1,
                SocialAccounts = odd ? [new(1, text, "1"), new(2, "google", text)] : [],
                ExtraDetails = odd ? new(JsonText.Trusted(Details), Now, true, null, Now) : ExtraDetails.None,
            },
            Organization = organization is null ? null : new(text, organization, "owner", "https://example.org/?a=1,2"),
            Subscriptions = organization is null ? [] : [Subscription("s1", text), Subscription("s2", text)],
            ServiceUsage = new()
            {
                LanguageServicesCurrentPeriod = new(Metric.LanguageServices),
                LanguageServicesAllTime = new(Metric.LanguageServices),
                TotalStorageBytes = long.MaxValue,
                RetentionDays = 366,
                SubmissionsCumulative = 3,
                SubmissionsCurrentPeriod = 2,
                Balances = balances,
                CurrentPeriod = organization is null ? null : new(Now, Now.AddMonths(1)),
            },
            AccountRestricted = true,
            LastUpdated = Now,
        };
    }

    private static Subscription Subscription(string id, string text) =>
        new()
        {
            Id = id,
            CustomerId = "c",
            Status = "active",
            Created = Now,
            Metadata = JsonText.Trusted("{\"k\": \"v\"}"),
            ApplicationFeePercent = id == "s1" ? 2.5m : null,
            Items =
                id == "s2"
                    ? []
                    :
                    [
                        new("i1", null, 3),
                        new("i2", new("p", text, "usd", "recurring", null, 8900, null, true, null, null), null),
                        new(
                            "i3",
                            new(
                                "p",
                                null,
                                "jpy",
                                null,
                                null,
                                null,
                                null,
                                null,
                                new("prod", text, null, "service", null),
                                null
                            ),
                            1
                        ),
                    ],
            DefaultTaxRates = id == "s1" ? [new("t", 7, null, "VAT", true, "DE", 19.5m, "vat", true, "DE", null)] : [],
        };
}
