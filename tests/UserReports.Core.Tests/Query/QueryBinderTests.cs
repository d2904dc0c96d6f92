using UserReports.Core.Query;

namespace UserReports.Core.Tests.Query;

/// <summary>Trees to bound queries, and what is said of those that do not fit the report.</summary>
public sealed class QueryBinderTests
{
    [Theory]
    [InlineData("alice", "username__icontains:\"alice\"")]
    [InlineData("username:alice", "username__exact:\"alice\"")]
    [InlineData("username:12", "username__exact:\"12\"")]
    [InlineData("username:\"null\"", "username__exact:\"null\"")]
    [InlineData("last_login:null", "last_login__isnull:true")]
    [InlineData("last_login:NULL", "last_login__isnull:true")]
    [InlineData("last_login__isnull:False", "last_login__isnull:false")]
    [InlineData("is_active:TRUE", "is_active__exact:true")]
    [InlineData("asset_count__gte:1.5", "asset_count__gte:1.5")]
    [InlineData("asset_count__in:1,2,3", "asset_count__in:1,2,3")]
    [InlineData("asset_count__range:1,2", "asset_count__range:1,2")]
    [InlineData("username__in:a,b", "username__in:\"a\",\"b\"")]
    [InlineData("username__in:\"a, b\"", "username__in:\"a\",\"b\"")]
    [InlineData("username__in:\"'a,b',c\"", "username__in:\"a,b\",\"c\"")]
    [InlineData(
        "organization__role__in:null,owner",
        "(organization__role__isnull:true OR organization__role__in:\"owner\")"
    )]
    [InlineData("organization__role__in:null", "organization__role__isnull:true")]
    [InlineData("date_joined:2026-01-31", "date_joined__exact:2026-01-31T00:00:00.0000000Z")]
    [InlineData("date_joined__gt:'2026-01-31T01:00:00+02:00'", "date_joined__gt:2026-01-30T23:00:00.0000000Z")]
    [InlineData("date_joined:'2026-01-31 01:00:00.5+00'", "date_joined__exact:2026-01-31T01:00:00.5000000Z")]
    [InlineData("date_joined:'2026-01-31T01:00:00.1234567+00:00'", "date_joined__exact:2026-01-31T01:00:00.1234560Z")]
    [InlineData("date_joined:'2026-01-31T01:00:00+0100'", "date_joined__exact:2026-01-31T00:00:00.0000000Z")]
    [InlineData("date_joined__date:2026-01-31", "date_joined__date__exact:2026-01-31T00:00:00.0000000Z")]
    [InlineData("date_joined__year__gte:2024", "date_joined__year__gte:2024")]
    [InlineData(
        "current_period_end__lt:2026-01-31",
        "service_usage__current_period_end__lt:2026-01-31T00:00:00.0000000Z"
    )]
    [InlineData("subscriptions[]:", "subscriptions[]:")]
    [InlineData("subscriptions[]__items[]:", "subscriptions[]__items[]:")]
    [InlineData("subscriptions__0__id__isnull:false", "subscriptions__0__id__isnull:false")]
    [InlineData(
        "subscriptions[]__items[]__price__product__name:Teams",
        "subscriptions[]__items[]__price__product__name__exact:\"Teams\""
    )]
    [InlineData("extra_details__data__country:KEN", "extra_details__data__country__exact:\"KEN\"")]
    [InlineData("extra_details__data__list__0:x", "extra_details__data__list__0__exact:\"x\"")]
    [InlineData("extra_details__data__year__gt:5", "extra_details__data__year__gt:\"5\"")]
    [InlineData("extra_details__data__isnull:true", "extra_details__data__isnull:true")]
    [InlineData("organization:null", "organization__isnull:true")]
    [InlineData("id:2-orgX", "id__exact:\"2-orgX\"")]
    [InlineData("subscriptions__isnull:true", "subscriptions__isnull:true")]
    [InlineData("subscriptions[]__isnull:true", "subscriptions__isnull:true")]
    [InlineData("subscriptions[]:null", "subscriptions__isnull:true")]
    [InlineData("subscriptions:", "subscriptions[]:")]
    [InlineData("subscriptions[]__items__isnull:false", "subscriptions[]__items__isnull:false")]
    [InlineData("date_joined__startswith:2023-01", "date_joined__startswith:\"2023-01\"")]
    [InlineData("asset_count:9007199254740993.0", "asset_count__exact:9007199254740993")]
    [InlineData(
        "asset_count__gt:0.99999999999999999999999999999999",
        "asset_count__gt:0.99999999999999999999999999999999"
    )]
    [InlineData("extra_details__data__tags[]:food", "extra_details__data__tags[]__exact:\"food\"")]
    [InlineData("extra_details__data__tags[]:", "extra_details__data__tags[]:")]
    [InlineData("extra_details__data__tags[]:''", "extra_details__data__tags[]__exact:\"\"")]
    [InlineData("extra_details__data__tags[]__isnull:true", "extra_details__data__tags__isnull:true")]
    [InlineData("extra_details__data__visits[]__country:KEN", "extra_details__data__visits[]__country__exact:\"KEN\"")]
    [InlineData("extra_details__data[]:x", "extra_details__data[]__exact:\"x\"")]
    [InlineData("subscriptions[]__metadata__a[][]__b:1", "subscriptions[]__metadata__a[][]__b__exact:\"1\"")]
    [InlineData("extra_details__data__\"my key\":x", "extra_details__data__\"my key\"__exact:\"x\"")]
    [InlineData("extra_details__data__'x__y'__gt:1", "extra_details__data__\"x__y\"__gt:\"1\"")]
    [InlineData("extra_details__data__\"c:d\":null", "extra_details__data__\"c:d\"__isnull:true")]
    [InlineData("extra_details__data__\"\":1", "extra_details__data__\"\"__exact:\"1\"")]
    [InlineData("extra_details__data__\"a[]\"[]:1", "extra_details__data__\"a[]\"[]__exact:\"1\"")]
    [InlineData("extra_details__data__a__\"gt\":1", "extra_details__data__a__\"gt\"__exact:\"1\"")]
    [InlineData("extra_details__data__\"say \\\"hi\\\"\":1", "extra_details__data__\"say \\\"hi\\\"\"__exact:\"1\"")]
    [InlineData("extra_details__data__\"plain\":1", "extra_details__data__plain__exact:\"1\"")]
    [InlineData("service_usage__balances__submission:null", "service_usage__balances__submission__isnull:true")]
    public void Compile_Query_Binds(string q, string bound)
    {
        var result = QueryCompiler.Compile(q, null);
        Assert.Empty(result.Errors);
        Assert.Equal(bound, result.Query!.Filter!.ToString());
    }

    [Theory]
    [InlineData(
        "usernam:x",
        "unknown_field",
        "The report has no field \"usernam\". Did you mean username?",
        "usernam",
        0,
        "username"
    )]
    [InlineData(
        "is_active:true AND organization__nmae:x",
        "unknown_field",
        "\"organization\" has no field \"nmae\". Did you mean organization__name?",
        "organization__nmae",
        19,
        "organization__name"
    )]
    [InlineData(
        "subscriptions__status:active",
        "unknown_field",
        "\"subscriptions\" is a list; write subscriptions[] for any element or subscriptions__0 for the first.",
        "subscriptions__status",
        0,
        "subscriptions[]__status"
    )]
    [InlineData(
        "username[]:x",
        "unknown_field",
        "\"username\" is no list; write it without [].",
        "username[]",
        0,
        "username"
    )]
    [InlineData(
        "is_active__icontains:t",
        "unsupported_lookup",
        "\"is_active\" (boolean) cannot be compared by \"icontains\".",
        "is_active__icontains",
        0,
        "exact"
    )]
    [InlineData(
        "username__iconains:t",
        "unsupported_lookup",
        "\"iconains\" is no lookup of \"username\" (text).",
        "username__iconains",
        0,
        "icontains"
    )]
    [InlineData("asset_count__gt:many", "bad_value", "\"asset_count\" takes a number, not \"many\".", "many", 16, null)]
    [InlineData("is_active:maybe", "bad_value", "\"is_active\" takes true or false, not \"maybe\".", "maybe", 10, null)]
    [InlineData("last_login__isnull:no", "bad_value", "\"isnull\" takes true or false, not \"no\".", "no", 19, null)]
    [InlineData(
        "date_joined:2026-02-30",
        "bad_value",
        "\"date_joined\" takes a date or an instant, for example 2026-01-31 or \"2026-01-31T12:00:00Z\", not \"2026-02-30\".",
        "2026-02-30",
        12,
        null
    )]
    [InlineData(
        "date_joined__date:'2026-01-31T12:00:00Z'",
        "bad_value",
        "The date of \"date_joined\" is compared with a date alone, for example 2026-01-31.",
        "2026-01-31T12:00:00Z",
        18,
        null
    )]
    [InlineData(
        "asset_count__range:1",
        "bad_value",
        "A range takes two values with a comma between them, for example 10,20.",
        "1",
        19,
        null
    )]
    [InlineData("asset_count__in:1,x,3", "bad_value", "\"asset_count\" takes a number, not \"x\".", "x", 18, null)]
    [InlineData(
        "username__regex:'(a'",
        "bad_value",
        "\"(a\" is no regular expression (RE2 syntax): the parenthesis at its character 0 is not closed.",
        "(a",
        16,
        null
    )]
    [InlineData(
        "subscriptions[]:x",
        "bad_value",
        "\"subscriptions[]\" is a list: leave the value empty to find empty lists, or name a field of it.",
        "x",
        16,
        null
    )]
    [InlineData("extra_details__data__\"a b:x", "bad_syntax", "The quote is not closed; add \".", "\"", 21, null)]
    [InlineData(
        "extra_details__data__\"a b\"c:x",
        "bad_syntax",
        "A key in quotes needs both of them, and nothing but [] behind it before the next __.",
        "extra_details__data__\"a b\"c",
        0,
        null
    )]
    [InlineData(
        "extra_details__data__\"a b\" x",
        "bad_syntax",
        "A value is missing behind the path: write path:value.",
        "extra_details__data__\"a b\"",
        0,
        null
    )]
    [InlineData(
        "extra_details__data__:x",
        "unknown_field",
        "In free-form JSON name a key, or the position of an element of a list; an empty key is written \"\".",
        "extra_details__data__",
        0,
        null
    )]
    [InlineData(
        "date_joined__year__startswith:20",
        "unsupported_lookup",
        "\"date_joined\" (instant) cannot be compared by \"startswith\".",
        "date_joined__year__startswith",
        0,
        "startswith"
    )]
    [InlineData(
        "organization:x",
        "bad_value",
        "\"organization\" is a group of fields: it can only be compared with null; or name a field of it.",
        "x",
        13,
        null
    )]
    [InlineData(
        "al",
        "query_too_short",
        "Search for a word of at least 3 characters, or name a field (username__icontains:ab).",
        "",
        0,
        null
    )]
    public void Compile_Misfit_SaysWhatWhereAndTheNearest(
        string q,
        string code,
        string message,
        string text,
        int position,
        string? suggestion
    )
    {
        var error = Assert.Single(QueryCompiler.Compile(q, null).Errors);
        Assert.Equal((code, message, text, position), (error.Code, error.Message, error.Text, error.Position));
        Assert.Equal(suggestion, error.Suggestions.Count > 0 ? error.Suggestions[0] : null);
    }

    [Fact]
    public void Compile_SeveralFaults_AllAreTold() =>
        Assert.Equal(
            ["unknown_field", "bad_value", "unsupported_lookup", "unknown_field"],
            QueryCompiler.Compile("usrname:x asset_count:y is_active__gt:1", "nothing").Errors.Select(e => e.Code)
        );

    [Theory]
    [InlineData("al", false)]
    [InlineData("al be cy", false)]
    [InlineData("al alice", true)]
    [InlineData("al is_active:true", true)]
    public void Compile_ShortWords_NeedALongOneOrAPath(string q, bool taken) =>
        Assert.Equal(taken, QueryCompiler.Compile(q, null).Errors.Count == 0);

    [Fact]
    public void Compile_TwoHundredTermsOnALis_AreOneTest()
    {
        var q = string.Join(
            " OR ",
            Enumerable.Range(1, QueryBounds.TermsMax).Select(i => $"subscriptions[]__id:sub_{i}")
        );

        var test = Assert.IsType<Condition.Comparison>(QueryCompiler.Compile(q, null).Query!.Filter);

        Assert.Equal((Lookup.In, QueryBounds.TermsMax), (test.Lookup, test.Values.Count));
    }

    [Theory]
    [InlineData(
        "subscriptions[]__id:a subscriptions[]__id:b",
        "(subscriptions[]__id__exact:\"a\" AND subscriptions[]__id__exact:\"b\")"
    )]
    [InlineData(
        "asset_count:1 OR (is_active:true OR asset_count:2) OR asset_count__gt:5",
        "(asset_count__in:1,2 OR is_active__exact:true OR asset_count__gt:5)"
    )]
    [InlineData(
        "date_joined__year:2024 OR date_joined__month:1",
        "(date_joined__year__exact:2024 OR date_joined__month__exact:1)"
    )]
    [InlineData("last_login:null OR last_login:null", "(last_login__isnull:true OR last_login__isnull:true)")]
    [InlineData("username:a OR username:a", "username__in:\"a\"")]
    public void Compile_EqualTests_AreJoinedByOrAlone(string q, string bound) =>
        Assert.Equal(bound, QueryCompiler.Compile(q, null).Query!.Filter!.ToString());

    [Theory]
    [InlineData("usernam:x", null, "q")]
    [InlineData("usernam:", null, "q")]
    [InlineData("(", null, "q")]
    [InlineData(null, "usernam", "ordering")]
    [InlineData(null, "a,b,c,d,e,f", "ordering")]
    [InlineData(null, "extra_details__data__\"x", "ordering")]
    public void Compile_Fault_NamesItsParameter(string? q, string? ordering, string parameter) =>
        Assert.All(QueryCompiler.Compile(q, ordering).Errors, error => Assert.Equal(parameter, error.Parameter));

    [Theory]
    [InlineData(null, "usernam", null, "group_by")]
    [InlineData(null, "is_active,is_staff,username", null, "group_by")]
    [InlineData(null, "social_accounts[]__provider,subscriptions[]__status", null, "group_by")]
    [InlineData(null, null, "usernam__sum", "metrics")]
    [InlineData("x:y", null, null, "q")]
    public void Compile_SummaryFault_NamesItsParameter(string? q, string? groupBy, string? metrics, string parameter) =>
        Assert.All(
            SummaryCompiler.Compile(q, groupBy, metrics).Errors,
            error => Assert.Equal(parameter, error.Parameter)
        );

    [Theory]
    [InlineData(null, "username")]
    [InlineData("", "username")]
    [InlineData("-username", "-username")]
    [InlineData(" -last_login , username ", "-last_login,username")]
    [InlineData("total_storage_bytes", "service_usage__total_storage_bytes")]
    [InlineData("-total_submission_count_current_period", "-service_usage__total_submission_count__current_period")]
    [InlineData("total_submission_count_all_time", "service_usage__total_submission_count__cumulative")]
    [InlineData("total_nlp_usage_asr_seconds_all_time", "service_usage__total_nlp_usage__asr_seconds_all_time")]
    [InlineData("total_nlp_usage_mt_characters_all_time", "service_usage__total_nlp_usage__mt_characters_all_time")]
    [InlineData("extra_details__data__country", "extra_details__data__country")]
    [InlineData("subscriptions__0__status", "subscriptions__0__status")]
    [InlineData("-id", "-id")]
    [InlineData(
        "extra_details__data__\"a, b\" ,-extra_details__data__'c'",
        "extra_details__data__\"a, b\",-extra_details__data__c"
    )]
    public void Compile_Ordering_Binds(string? ordering, string bound) =>
        Assert.Equal(bound, string.Join(',', QueryCompiler.Compile("", ordering).Query!.Ordering));

    [Theory]
    [InlineData("usernam", "unknown_field", "The report has no field \"usernam\". Did you mean username?", 0)]
    [InlineData("username,,email", "bad_syntax", "A path is missing in the ordering.", 9)]
    [InlineData(
        "subscriptions[]__status",
        "unknown_field",
        "\"subscriptions[]__status\" has no single value to order by.",
        0
    )]
    [InlineData(
        "username__icontains",
        "unsupported_lookup",
        "An ordering takes a path without a lookup: \"username\".",
        0
    )]
    [InlineData("service_usage", "unknown_field", "\"service_usage\" has no single value to order by.", 0)]
    [InlineData(
        "-activity__submissions_by_week__11",
        "unknown_field",
        "\"activity__submissions_by_week__11\" has no single value to order by.",
        0
    )]
    [InlineData(
        "email,-date_joined__year",
        "unsupported_lookup",
        "An ordering takes a path without a lookup: \"date_joined\".",
        6
    )]
    [InlineData(
        "email,email,email,email,email,email",
        "query_too_complex",
        "An ordering takes at most 5 paths; here are 6.",
        0
    )]
    public void Compile_BadOrdering_SaysWhatAndWhere(string ordering, string code, string message, int position)
    {
        var error = Assert.Single(QueryCompiler.Compile("", ordering).Errors);
        Assert.Equal((code, message, position), (error.Code, error.Message, error.Position));
    }
}
