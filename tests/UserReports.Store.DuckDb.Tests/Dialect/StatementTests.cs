using System.Globalization;
using UserReports.Core.Query;
using UserReports.Store.DuckDb.Dialect;
using UserReports.Store.Sql.Filters;

namespace UserReports.Store.DuckDb.Tests.Dialect;

/// <summary>Bound queries to exact SQL and its parameters: no value is ever part of the SQL.</summary>
public sealed class StatementTests
{
    [Theory]
    [InlineData("username:alice", "\"username\" = $1", "alice")]
    [InlineData("username:\"x' or 1=1 --\"", "\"username\" = $1", "x' or 1=1 --")]
    [InlineData("username__in:a,b", "\"username\" in ($1, $2)", "a|b")]
    [InlineData("username__icontains:Straße", "contains(\"username__folded\", $1)", "strasse")]
    [InlineData("user_uid__icontains:U1", "contains(casefold(\"user_uid\"), $1)", "u1")]
    [InlineData("email__range:a,b", "(\"email\" >= $1 and \"email\" <= $2)", "a|b")]
    [InlineData("email__iregex:'^a'", "regexp_matches(\"email\", $1, 'i')", "^a")]
    [InlineData(
        "is_active:true OR NOT is_staff:false",
        "(\"is_active\" = $1 or (\"is_staff\" = $2) is not true)",
        "True|False"
    )]
    [InlineData("asset_count__gt:1.5", "\"asset_count\" >= $1", "2")]
    [InlineData("asset_count__lt:-1.5", "\"asset_count\" <= $1", "-2")]
    [InlineData("asset_count:1.5", "false", "")]
    [InlineData("asset_count__in:1.5,2,3", "\"asset_count\" in ($1, $2)", "2|3")]
    [InlineData("asset_count__lte:1e30", "\"asset_count\" is not null", "")]
    [InlineData("asset_count__gt:1e30", "false", "")]
    [InlineData(
        "date_joined__date:2026-01-31",
        "(\"date_joined\" >= $1 and \"date_joined\" < $2)",
        "01/31/2026 00:00:00|02/01/2026 00:00:00"
    )]
    [InlineData("date_joined__year__gte:2024", "year(\"date_joined\") >= $1", "2024")]
    [InlineData("organization:null", "\"organization\" is null", "")]
    [InlineData("service_usage:null", "false", "")]
    [InlineData("subscriptions[]:", "\"subscriptions[]\" is null", "")]
    [InlineData("subscriptions[]__status:active", "list_contains(\"subscriptions[]__status\", $1)", "active")]
    [InlineData("subscriptions[]__status__in:a,b", "list_has_any(\"subscriptions[]__status\", [$1, $2])", "a|b")]
    [InlineData(
        "subscriptions[]__quantity__gt:1",
        "(\"subscriptions[]\" is not null and list_matches(\"subscriptions[]\", $1))",
        "subscriptions[]__quantity__gt:1"
    )]
    [InlineData(
        "subscriptions__0__id__isnull:true",
        "(\"subscriptions[]\" is null or list_matches(\"subscriptions[]\", $1))",
        "subscriptions__0__id__isnull:true"
    )]
    [InlineData(
        "subscriptions[]__items[]__price__nickname__regex:x",
        "(\"subscriptions[]\" is not null and len(list_filter(json_extract(list_json(\"subscriptions[]\"), $1), "
            + "lambda v: json_type(v) = 'VARCHAR' and regexp_matches(json_extract_string(v, '$'), $2))) > 0)",
        "$[*].items[*].price.nickname|x"
    )]
    [InlineData(
        "subscriptions[]__id:a OR subscriptions[]__id:b OR subscriptions[]__id__in:b,c",
        "list_has_any(\"subscriptions[]__id\", [$1, $2, $3])",
        "a|b|c"
    )]
    [InlineData(
        "subscriptions[]__id__in:a,b,c,d,e",
        "document in (select document from (select document, unnest(\"subscriptions[]__id\") as value from reports "
            + "where \"subscriptions[]__id\" is not null) where value in ($1, $2, $3, $4, $5))",
        "a|b|c|d|e"
    )]
    [InlineData(
        "subscriptions[]__quantity:1 NOT subscriptions[]__quantity:2",
        "(\"subscriptions[]\" is not null and list_matches(\"subscriptions[]\", $1))",
        "(subscriptions[]__quantity__exact:1 AND NOT subscriptions[]__quantity__exact:2)"
    )]
    [InlineData("subscriptions__isnull:true OR social_accounts[]__isnull:false", "(false or true)", "")]
    [InlineData(
        "id:7-orgX",
        "(user_id = $1 and (user_id::varchar || '-' || coalesce(organization_id, 'orgnone')) = $2)",
        "7|7-orgX"
    )]
    [InlineData("id:nothing", "false", "")]
    [InlineData(
        "date_joined__startswith:2023-01",
        "(\"date_joined\" >= $1 and \"date_joined\" < $2)",
        "01/01/2023 00:00:00|02/01/2023 00:00:00"
    )]
    [InlineData(
        "extra_details__data__tags[]:food",
        "coalesce(case when contains(\"extra_details__data\", $1) or contains(\"extra_details__data\", '\\') "
            + "then json_matches(\"extra_details__data\", $2) else false end, false)",
        "\"tags\"|extra_details__data__tags[]__exact:\"food\""
    )]
    [InlineData("extra_details__data__country:KEN", "\"extra_details__data__country\" = $1", "KEN")]
    [InlineData(
        "extra_details__data__a/b~c__startswith:x",
        "(json_type(\"extra_details__data\", $1) = 'VARCHAR' and starts_with(json_extract_string(\"extra_details__data\", $2), $3))",
        "/a~1b~0c|/a~1b~0c|x"
    )]
    [InlineData(
        "extra_details__data__'$':null",
        "nullif(json_extract(\"extra_details__data\", $1), 'null') is null",
        "/$"
    )]
    public void Write_Filter_GivesSqlAndParameters(string q, string sql, string values)
    {
        var compiled = QueryCompiler.Compile(q, null);
        Assert.Empty(compiled.Errors);
        var statement = new FilterSql(DuckDbDialect.Base)
            .Write(compiled.Query!.Filter!)
            .ToStatement(DuckDbDialect.Base);
        Assert.Equal(sql, statement.Text);
        Assert.Equal(
            values,
            string.Join('|', statement.Values.Select(v => Convert.ToString(v, CultureInfo.InvariantCulture)))
        );
    }
}
