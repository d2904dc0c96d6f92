using System.Globalization;
using UserReports.Core.Query;
using UserReports.Store.Sql.Filters;
using UserReports.Store.Sql.Statements;

namespace UserReports.Store.Sql.Tests;

/// <summary>Plans as tables: bound queries to exact SQL and its values, in a dialect that no engine speaks.</summary>
public sealed class StatementTests
{
    [Theory]
    [InlineData("username:\"x' or 1=1 --\"", "\"username\" = {p1:String}", "x' or 1=1 --")]
    [InlineData("username__icontains:Straße", "position(\"username__folded\", {p1:String}) > 0", "strasse")]
    [InlineData("user_uid__iexact:U1", "fold(\"user_uid\") = {p1:String}", "u1")]
    [InlineData("email__iregex:'^a'", "match(\"email\", {p1:String})", "(?i)^a")]
    [InlineData("email__istartswith:A", "startsWith(\"email__folded\", {p1:String})", "a")]
    [InlineData("email__endswith:A", "endsWith(\"email\", {p1:String})", "A")]
    [InlineData(
        "is_active:true OR NOT asset_count__gt:1.5",
        "(\"is_active\" = {p1:Boolean} or not ifNull(\"asset_count\" >= {p2:Int64}, false))",
        "True|2"
    )]
    [InlineData(
        "date_joined__date:2026-01-31",
        "(\"date_joined\" >= {p1:DateTimeOffset} and \"date_joined\" < {p2:DateTimeOffset})",
        "2026-01-31 00:00|2026-02-01 00:00"
    )]
    [InlineData("date_joined__year__gte:2024", "toYear(\"date_joined\") >= {p1:Int64}", "2024")]
    [InlineData("date_joined__contains:T07", "position(shown(\"date_joined\"), {p1:String}) > 0", "T07")]
    [InlineData("organization:null", "\"organization\" is null", "")]
    [InlineData("subscriptions[]:", "empty(\"subscriptions[]\")", "")]
    [InlineData(
        "subscriptions[]__quantity:1 NOT subscriptions[]__id:a",
        "(some(\"subscriptions[]__quantity\", {p1:String}) and not ifNull(some(\"subscriptions[]__id\", {p2:String}), false))",
        "subscriptions[]__quantity__exact:1|subscriptions[]__id__exact:\"a\""
    )]
    [InlineData(
        "id__in:7-x,8-y,z",
        "(user_id in ({p1:Int64}, {p2:Int64}) and row_name in " + "({p3:String}, {p4:String}, {p5:String}))",
        "7|8|7-x|8-y|z"
    )]
    [InlineData("extra_details__data__country:KEN", "\"extra_details__data__country\" = {p1:String}", "KEN")]
    [InlineData(
        "extra_details__data__country:null",
        "(\"extra_details__data__country\" is null and null(\"extra_details__data\", {p1:String}) = {p2:Boolean})",
        "country|True"
    )]
    [InlineData(
        "extra_details__data__a__b__in:1,true",
        "((isText(\"extra_details__data\", {p1:String}, {p2:String}) and text(\"extra_details__data\", {p3:String}, "
            + "{p4:String}) in ({p5:String}, {p6:String})) or (number(text(\"extra_details__data\", {p7:String}, "
            + "{p8:String})) in ({p9:Double}) or (isBoolean(\"extra_details__data\", {p10:String}, {p11:String}) and "
            + "text(\"extra_details__data\", {p12:String}, {p13:String}) in ({p14:String}))))",
        "a|b|a|b|1|true|a|b|1|a|b|a|b|true"
    )]
    public void Write_Filter_GivesSqlAndValues(string q, string sql, string values)
    {
        var filter = new FilterSql(PlainDialect.Instance).Write(QueryCompiler.Compile(q, null).Query!.Filter!);
        AssertIs(sql, values, filter.ToStatement(PlainDialect.Instance));
    }

    [Theory]
    [InlineData(
        "username",
        "bob",
        false,
        "((\"username\" > {p1:String} or \"username\" is null) or (\"username\" = {p1:String} and ((user_id > {p2:Int64} "
            + "or user_id is null) or (user_id = {p2:Int64} and (organization_id > {p3:String} or organization_id is null))))) "
            + "order by \"username\" asc nulls last, user_id asc nulls last, organization_id asc nulls last",
        "bob|7|org"
    )]
    [InlineData(
        "-username",
        null,
        false,
        "(\"username\" is null and ((user_id > {p1:Int64} or user_id is null) or (user_id = {p1:Int64} and "
            + "(organization_id > {p2:String} or organization_id is null)))) "
            + "order by \"username\" desc nulls last, user_id asc nulls last, organization_id asc nulls last",
        "7|org"
    )]
    [InlineData(
        "-username",
        "bob",
        true,
        "(\"username\" > {p1:String} or (\"username\" = {p1:String} and (user_id < {p2:Int64} or (user_id = {p2:Int64} "
            + "and organization_id < {p3:String})))) "
            + "order by \"username\" asc nulls first, user_id desc nulls first, organization_id desc nulls first",
        "bob|7|org"
    )]
    public void Page_BehindAKey_SeeksTheRowsBeyondAndEndsOnTheRow(
        string ordering,
        string? value,
        bool backward,
        string rest,
        string values
    ) =>
        AssertIs(
            $"select user_id, organization_id, place, \"username\" as k0 from reports_7 where {rest} limit 3",
            values,
            Pages.Page(QueryCompiler.Compile("", ordering).Query!, 3, 0, new([value], 7, "org", backward))
        );

    [Fact]
    public void Page_WithOffset_OrdersByKeysOfEveryKind() =>
        AssertIs(
            "select user_id, organization_id, place, row_name as k0, text(\"extra_details__data\", {p1:String}) as k1, "
                + "at({p2:String}) as k2 from reports_7 where \"is_active\" = {p3:Boolean} order by row_name desc nulls last, "
                + "text(\"extra_details__data\", {p1:String}) asc nulls last, at({p2:String}) asc nulls last, "
                + "user_id asc nulls last, organization_id asc nulls last limit 3 offset 6",
            "age|subscriptions__0__status|True",
            Pages.Page(
                QueryCompiler.Compile("is_active:true", "-id,extra_details__data__age,subscriptions__0__status").Query!,
                3,
                6,
                null
            )
        );

    [Fact]
    public void Statements_BesideThePage_NameTheSameColumns()
    {
        var query = QueryCompiler.Compile("is_active:true", "-username").Query!;
        const string Row = "select user_id, organization_id, place, \"username\" as k0 from reports_7";
        AssertIs("select count(*) from reports_7", "", Pages.Count(null));
        AssertIs(
            "select place from reports_7 where \"is_active\" = {p1:Boolean}",
            "True",
            Pages.Matches(query.Filter!)
        );
        AssertIs(
            $"select * from ({Row} order by rand() limit 9) order by k0 desc nulls last, user_id asc nulls last, "
                + "organization_id asc nulls last",
            "",
            Pages.Sample(query.Ordering, 9)
        );
        AssertIs(
            "select place from reports_7 where \"is_active\" = {p1:Boolean} and (\"username\" is null and ((user_id > {p2:Int64} "
                + "or user_id is null) or (user_id = {p2:Int64} and false))) and (\"username\" > {p3:String} or (\"username\" = {p3:String} and (user_id < {p4:Int64} "
                + "or (user_id = {p4:Int64} and organization_id is not null)))) order by \"username\" desc nulls last, "
                + "user_id asc nulls last, organization_id asc nulls last",
            "True|7|b|8",
            Pages.Documents(query, new([null], 7, null), new(["b"], 8, null))
        );
    }

    [Theory]
    [InlineData(
        "",
        "count,asset_count__sum,asset_count__p95",
        "select false, count(*), sum(toInt128(\"asset_count\")), percentile(\"asset_count\", 95) from reports_7 "
            + "where \"is_active\" = {p1:Boolean}"
    )]
    [InlineData(
        "last_login__week,organization__role",
        "count,asset_count__avg",
        """
            with chosen as (select toMonday("last_login") as g0, "organization__role" as g1, "asset_count" as m1 from reports_7 where "is_active" = {p1:Boolean}),
            largest as (select g0, g1, true as found from chosen group by g0, g1
                order by g0 desc nulls last, g0, g1 limit 5)
            select largest.found is null as others, case when largest.found then chosen.g0 end as g0, case when largest.found then chosen.g1 end as g1, count(*), avg(m1) from chosen left join largest on largest.g0 <=> chosen.g0 and largest.g1 <=> chosen.g1
            group by largest.found, case when largest.found then chosen.g0 end, case when largest.found then chosen.g1 end
            order by others, g0, g1
            """
    )]
    [InlineData(
        "subscriptions[]__status",
        "asset_count__min,asset_count__max",
        """
            with chosen as (select arrayJoin("subscriptions[]__status") as g0, "asset_count" as m0, "asset_count" as m1 from reports_7 where "is_active" = {p1:Boolean}),
            largest as (select g0, true as found from chosen group by g0
                order by count(*) desc, g0 limit 5)
            select largest.found is null as others, case when largest.found then chosen.g0 end as g0, min(m0), max(m1) from chosen left join largest on largest.g0 <=> chosen.g0
            group by largest.found, case when largest.found then chosen.g0 end
            order by others, count(*) desc, g0
            """
    )]
    public void Summary_OfGroups_GivesSqlAndValues(string groupBy, string metrics, string sql) =>
        AssertIs(
            sql,
            "True",
            new SummarySql(PlainDialect.Instance).Write(
                SummaryCompiler.Compile("is_active:true", groupBy, metrics, 5).Query!
            )
        );

    private static PageSql Pages { get; } = new(PlainDialect.Instance);

    private static void AssertIs(string sql, string values, SqlStatement statement)
    {
        Assert.Equal(sql, statement.Text);
        Assert.Equal(
            values,
            string.Join('|', statement.Values.Select(v => Convert.ToString(v, CultureInfo.InvariantCulture)))
        );
    }
}
