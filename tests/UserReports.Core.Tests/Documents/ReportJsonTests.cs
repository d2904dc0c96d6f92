using System.Buffers;
using System.Text;
using UserReports.Core.Billing;
using UserReports.Core.Documents;
using UserReports.Core.Forecasting;
using UserReports.Core.Reports;
using UserReports.Core.Tests.Billing;

namespace UserReports.Core.Tests.Documents;

public sealed class ReportJsonTests
{
    private static readonly System.Text.Json.JsonSerializerOptions Relaxed = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [Fact]
    public void Write_FullReport_HasEveryFieldInOrder()
    {
        using var json = new ReportJson();
        Assert.Equal(
            WithMetrics(Expected).ReplaceLineEndings("").Replace("  ", "", StringComparison.Ordinal),
            Expand(json.Write(Full()))
        );
    }

    [Fact]
    public void Write_Twice_StartsAnew()
    {
        using var json = new ReportJson();
        var first = json.Write(Full()).ToArray();
        Assert.Equal(first, json.Write(Full()));
    }

    [Fact]
    public void Write_FullReport_TakesHalfOfItsBytes()
    {
        using var json = new ReportJson();
        var written = json.Write(Full());
        var full = Expand(written).Length;
        Assert.True(written.Length < full / 2, $"{written.Length} of {full}");
    }

    [Fact]
    public void Write_ListsRenderedBefore_AreTakenOverUntilForgotten()
    {
        var accounts = ReportCatalogue.Fields.Single(field => field.Name == "social_accounts");
        List<SocialAccount> elements = [new(3, "google", "g")];
        var report = Full(elements);
        using var json = new ReportJson();
        var before = json.Write(report).ToArray();
        json.Render(accounts, elements);
        elements.Clear();
        elements.Add(new(99, "changed", "since"));

        Assert.Equal(before, json.Write(report).ToArray());
        json.Forget();
        Assert.NotEqual(before, json.Write(report).ToArray());
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("7B7D", "{}")]
    [InlineData("22C3A9F09F988022", "\"é😀\"")]
    [InlineData("7BF8", null)]
    [InlineData("FFFF", null)]
    public void TryExpand_BytesThatNobodyWrote_AreGivenBackOrRefused(string bytes, string? text)
    {
        var output = new ArrayBufferWriter<byte>();

        var isExpanded = ReportJson.TryExpand(Convert.FromHexString(bytes), output);

        Assert.Equal(text is not null, isExpanded);
        if (isExpanded)
            Assert.Equal(text, Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Theory]
    [InlineData("plain <b>&'+`</b>")]
    [InlineData("")]
    [InlineData("\"quoted\" \\ \t\r\n \u0000 \u001f \u007f \u0085")]
    [InlineData("Zoë, 名前, لغة, \u00ad \u2028 \ufeff \ufffe")]
    [InlineData("beyond the first plane: 😀")]
    public void Render_TextOfAnyKind_IsWhatTheLibraryWrites(string text)
    {
        var accounts = ReportCatalogue.Fields.Single(field => field.Name == "social_accounts");
        var expected = System.Text.Json.JsonSerializer.Serialize(text, Relaxed);
        var elements = new List<SocialAccount> { new(1, "a", text), new(2, text, "b") };
        using var json = new ReportJson();
        Assert.Equal(
            $$"""[{"id":1,"provider":"a","uid":{{expected}}},{"id":2,"provider":{{expected}},"uid":"b"}]""",
            Expand(json.Render(accounts, elements))
        );
    }

    [Fact]
    public void Render_ThenAnotherList_EachIsItsOwn()
    {
        var accounts = ReportCatalogue.Fields.Single(field => field.Name == "social_accounts");
        List<SocialAccount> first = [new(1, "a", "b")];
        using var json = new ReportJson();
        List<SocialAccount> second = [new(2, "c", "d"), new(3, new string('e', 40_000), "f")];
        var rendered = Expand(json.Render(accounts, first));
        Assert.Contains(new string('e', 40_000), Expand(json.Render(accounts, second)));
        Assert.Equal(rendered, Expand(json.Render(accounts, first)));
    }

    [Theory]
    [InlineData("2026-11-01T00:00:00", "2026-11-01T00:00:00+00:00")]
    [InlineData("2026-11-01T00:00:27.5", "2026-11-01T00:00:27.5+00:00")]
    [InlineData("2026-11-01T00:00:00.000001", "2026-11-01T00:00:00.000001+00:00")]
    [InlineData("2026-11-01T00:00:00.1200309", "2026-11-01T00:00:00.12003+00:00")]
    [InlineData("2026-11-01T00:00:10", "2026-11-01T00:00:10+00:00")]
    public void Render_InstantOfASubscription_HasTheStoredMicroseconds(string stored, string shown)
    {
        var subscriptions = ReportCatalogue.Fields.Single(field => field.Name == "subscriptions");
        var subscription = new Subscription
        {
            Id = "sub",
            CustomerId = "cus",
            Status = "active",
            Created = Given.Utc(stored),
            CurrentPeriodEnd = Given.Utc(stored),
        };
        using var json = new ReportJson();

        var rendered = Expand(json.Render(subscriptions, new List<object> { subscription }));

        Assert.Contains($"\"created\":\"{shown}\"", rendered, StringComparison.Ordinal);
        Assert.Contains($"\"current_period_end\":\"{shown}\"", rendered, StringComparison.Ordinal);
    }

    private static string Expand(ReadOnlySpan<byte> written)
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.True(ReportJson.TryExpand(written, output));
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private const string Expected = """
        {"user_uid":"u1","username":"ana","first_name":"Ana \"A\"","last_name":"名前","email":"a@example.org","is_superuser":false,
        "is_staff":true,"is_active":true,"date_joined":"2025-10-16T13:57:00Z","last_login":null,"validated_email":true,
        "mfa_is_active":false,"sso_is_active":true,"accepted_tos":true,
        "social_accounts":[{"id":3,"provider":"google","uid":"g"}],
        "organization":{"name":"Org","uid":"org","role":"owner","website":""},
        "extra_details":{"data":{"country":"KEN"},"date_removed":null,"validated_password":true,"password_date_changed":null,
        "date_removal_requested":"2026-01-02T03:04:05Z"},
        "subscriptions":[{"items":[{"id":"si","price":{"id":"price","nickname":"n","currency":"usd","type":"recurring",
        "recurring":{"interval":"month"},"unit_amount":8900,"human_readable_price":"$89.00 USD/month","metadata":{},"active":true,
        "product":{"id":"prod","name":"Name","description":null,"type":"service","metadata":{"product_type":"plan"}},
        "transform_quantity":null},"quantity":1}],"schedule":null,"djstripe_created":null,"djstripe_updated":null,"id":"sub",
        "livemode":true,"created":"2026-01-01T00:00:00+00:00","metadata":{},"description":null,"application_fee_percent":2.50,
        "billing_cycle_anchor":null,"billing_thresholds":null,"cancel_at":null,"cancel_at_period_end":false,"canceled_at":null,
        "collection_method":"charge_automatically","current_period_start":"2026-11-01T00:00:00+00:00",
        "current_period_end":"2026-12-01T00:00:00+00:00","days_until_due":null,"discount":null,"ended_at":null,
        "next_pending_invoice_item_invoice":null,"pause_collection":null,"pending_invoice_item_interval":null,"pending_update":null,
        "proration_behavior":null,"proration_date":null,"quantity":1,"start_date":null,"status":"active","trial_end":null,
        "trial_start":null,"djstripe_owner_account":null,"customer":"cus","default_payment_method":null,"default_source":null,
        "latest_invoice":null,"pending_setup_intent":null,"plan":"4",
        "default_tax_rates":[{"id":"txr","djstripe_id":1,"description":null,"display_name":"VAT","inclusive":true,
        "jurisdiction":null,"percentage":19.0,"tax_type":"vat","active":true,"country":"DE","state":null}]}],
        "service_usage":{"total_nlp_usage":{LANGUAGE_SERVICES},
        "total_storage_bytes":7,"total_submission_count":{"retention_days":366,"cumulative":8,"current_period":9},
        "balances":{"submission":{"effective_limit":10,"balance_value":1,"balance_percent":90,"exceeded":false},
        "storage_bytes":null,"asr_seconds":{"effective_limit":null,"balance_value":null,"balance_percent":0,"exceeded":false},
        NOT_INCLUDED},"current_period_start":"2026-11-01T00:00:00+00:00",
        "current_period_end":"2026-12-01T00:00:00+00:00"},"account_restricted":false,"asset_count":2,"active_project_count":1,
        "last_updated":"2026-11-20T12:00:00Z","limit_sources":null,"activity":{"last_activity":null,
        "inactive_days":null,"last_submission_date":null,"submissions_last_7_days":0,"submissions_last_30_days":0,
        "submissions_by_week":[0,0,0,0,0,0,0,0,0,0,0,0],"submissions_suspended":null},
        "trend":{"storage_bytes_7_days":-5,"storage_bytes_30_days":null,"submissions_7_days_before":6,
        "submissions_percent":150},"forecast":{"submission":{"state":"projected","days_to_limit":3,
        "days_to_limit_earliest":2,"limit_date":"2026-11-23T00:00:00Z"},"storage_bytes":null,FORECASTS}}
        """;

    [Fact]
    public void Catalogue_OfTheEarlierEndpoint_ComesFirstAndInItsOrder() =>
        Assert.Equal(
            [
                "user_uid",
                "username",
                "first_name",
                "last_name",
                "email",
                "is_superuser",
                "is_staff",
                "is_active",
                "date_joined",
                "last_login",
                "validated_email",
                "mfa_is_active",
                "sso_is_active",
                "accepted_tos",
                "social_accounts",
                "organization",
                "extra_details",
                "subscriptions",
                "service_usage",
                "account_restricted",
                "asset_count",
                "active_project_count",
                "last_updated",
            ],
            ReportCatalogue.Fields.Select(field => field.Name).Take(23)
        );

    /// <summary>What each metric of the list becomes, so that one more metric changes no test but its own.</summary>
    private static string WithMetrics(string expected) =>
        expected
            .Replace(
                "LANGUAGE_SERVICES",
                string.Join(
                    ",",
                    Metric
                        .LanguageServices.Select((m, i) => $"\"{m.Key}_current_period\":{1 + i}")
                        .Concat(Metric.LanguageServices.Select((m, i) => $"\"{m.Key}_all_time\":{4 + i}"))
                ),
                StringComparison.Ordinal
            )
            .Replace(
                "FORECASTS",
                string.Join(
                    ",",
                    Metric
                        .All.Skip(2)
                        .Select(m =>
                            $"\"{m.Key}\":{{\"state\":\"unlimited\",\"days_to_limit\":null,"
                            + "\"days_to_limit_earliest\":null,\"limit_date\":null}"
                        )
                ),
                StringComparison.Ordinal
            )
            .Replace(
                "NOT_INCLUDED",
                string.Join(",", Metric.All.Skip(3).Select(m => $"\"{m.Key}\":null")),
                StringComparison.Ordinal
            );

    private static MetricValues<long> Values(int first)
    {
        var values = new MetricValues<long>(Metric.LanguageServices);
        for (var i = 0; i < Metric.LanguageServices.Count; i++)
            values[i] = first + i;
        return values;
    }

    private static Report Full(IReadOnlyList<SocialAccount>? socialAccounts = null)
    {
        var period = new BillingPeriod(Given.Utc("2026-11-01"), Given.Utc("2026-12-01"));
        var balances = new MetricValues<Balance?>(Metric.All);
        balances[0] = Balances.Of(9, 10);
        balances[2] = Balances.Of(9, null);
        var forecasts = new MetricValues<Forecast?>(Metric.All);
        forecasts[0] = new(ForecastState.Projected, 3, 2, Given.Utc("2026-11-23"));
        for (var i = 2; i < Metric.All.Count; i++)
            forecasts[i] = Forecast.Unlimited;
        return new()
        {
            UserId = 1,
            OrganizationId = "org",
            Account = new()
            {
                Id = 1,
                Uid = "u1",
                Username = "ana",
                FirstName = "Ana \"A\"",
                LastName = "名前",
                Email = "a@example.org",
                IsSuperuser = false,
                IsStaff = true,
                IsActive = true,
                DateJoined = Given.Utc("2025-10-16T13:57:00.987"),
                ValidatedEmail = true,
                MfaIsActive = false,
                AcceptedTos = true,
                SocialAccounts = socialAccounts ?? [new(3, "google", "g")],
                ExtraDetails = new(
                    JsonText.Trusted("""{"country":"KEN"}"""),
                    null,
                    true,
                    null,
                    Given.Utc("2026-01-02T03:04:05")
                ),
                AssetCount = 2,
                ActiveProjectCount = 1,
            },
            Organization = new("Org", "org", "owner", ""),
            Subscriptions =
            [
                new()
                {
                    Id = "sub",
                    CustomerId = "cus",
                    Status = "active",
                    Livemode = true,
                    Created = Given.Utc("2026-01-01"),
                    Metadata = JsonText.Trusted("{}"),
                    ApplicationFeePercent = 2.50m,
                    CancelAtPeriodEnd = false,
                    CollectionMethod = "charge_automatically",
                    CurrentPeriodStart = period.Start,
                    CurrentPeriodEnd = period.End,
                    Quantity = 1,
                    PlanId = "4",
                    Items =
                    [
                        new(
                            "si",
                            new(
                                "price",
                                "n",
                                "usd",
                                "recurring",
                                JsonText.Trusted("""{"interval":"month"}"""),
                                8900,
                                JsonText.Trusted("{}"),
                                true,
                                Given.Plan(),
                                null
                            ),
                            1
                        ),
                    ],
                    DefaultTaxRates = [new("txr", 1, null, "VAT", true, null, 19.0m, "vat", true, "DE", null)],
                },
            ],
            ServiceUsage = new()
            {
                LanguageServicesCurrentPeriod = Values(1),
                LanguageServicesAllTime = Values(4),
                TotalStorageBytes = 7,
                RetentionDays = 366,
                SubmissionsCumulative = 8,
                SubmissionsCurrentPeriod = 9,
                Balances = balances,
                CurrentPeriod = period,
            },
            AccountRestricted = false,
            LastUpdated = Given.Utc("2026-11-20T12:00:00"),
            Activity = Activity.None,
            Trend = new(-5, null, 6, 150),
            Forecasts = forecasts,
        };
    }
}
