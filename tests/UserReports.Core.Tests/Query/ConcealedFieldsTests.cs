using UserReports.Core.Query;
using UserReports.Core.Reports;

namespace UserReports.Core.Tests.Query;

public sealed class ConcealedFieldsTests
{
    [Theory]
    [InlineData("email:ana@example.org")]
    [InlineData("email__iexact:ANA@example.org AND NOT username__in:ana,ben")]
    [InlineData("social_accounts[]__uid:12345 OR organization__name:\"Ana's\"")]
    [InlineData("email__isnull:true AND first_name:\"\" AND extra_details__data__country__isnull:false")]
    [InlineData("extra_details__data__tags[]: AND subscriptions[]__metadata:null")]
    [InlineData("user_uid__startswith:u AND date_joined__gte:2025-01-01 AND organization__uid__contains:o")]
    public void Filter_ByWholeIdentityOrExistence_IsTaken(string q)
    {
        var compiled = QueryCompiler.Compile(q, null, conceals: true);
        Assert.Empty(compiled.Errors);
        Assert.Empty(compiled.Query!.Ordering);
        Assert.True(ConcealedFields.Allows(compiled.Query.Filter));
    }

    [Theory]
    [InlineData("email__icontains:ana", "email__icontains", 0)]
    [InlineData("is_active:true AND username__startswith:a", "username__startswith", 19)]
    [InlineData("NOT (username__regex:^a)", "username__regex", 5)]
    [InlineData("email__gt:m", "email__gt", 0)]
    [InlineData("email__range:a,b", "email__range", 0)]
    [InlineData("first_name:Ana", "first_name", 0)]
    [InlineData("last_name__in:,Ana", "last_name__in", 0)]
    [InlineData("organization__website__endswith:org", "organization__website__endswith", 0)]
    [InlineData("extra_details__data__country:KEN", "extra_details__data__country", 0)]
    [InlineData("extra_details__data__age__gt:30", "extra_details__data__age__gt", 0)]
    [InlineData("extra_details__data__tags[]:food", "extra_details__data__tags[]", 0)]
    [InlineData("subscriptions[]__metadata__seats:12", "subscriptions[]__metadata__seats", 0)]
    [InlineData("subscriptions[]__description__contains:x", "subscriptions[]__description__contains", 0)]
    [InlineData("social_accounts[]__uid__lt:9", "social_accounts[]__uid__lt", 0)]
    [InlineData("is_staff:true diallo", "diallo", 14)]
    public void Filter_ThatTellsNames_IsRefusedWithItsPlaceAndAdvice(string q, string text, int position)
    {
        var compiled = QueryCompiler.Compile(q, null, conceals: true);
        var error = Assert.Single(compiled.Errors);
        Assert.Equal(QueryErrorCode.ConcealedField, error.Code);
        Assert.Equal((text, position), (error.Text, error.Position));
        Assert.Contains("reveal the query, with a reason", error.Message, StringComparison.Ordinal);
        foreach (var suggestion in error.Suggestions)
        {
            var instead = q[..position] + suggestion + (suggestion.Contains(':') ? "" : ":true");
            Assert.DoesNotContain(
                QueryCompiler.Compile(instead.Replace("(", ""), null, true).Errors,
                e => e.Code == QueryErrorCode.ConcealedField
            );
        }

        var plain = QueryCompiler.Compile(q, null).Query!;
        Assert.False(ConcealedFields.Allows(plain.Filter));
    }

    [Theory]
    [InlineData("username")]
    [InlineData("-email,date_joined")]
    [InlineData("extra_details__data__country")]
    [InlineData("subscriptions__0__description")]
    [InlineData("organization__name")]
    public void Ordering_ByNames_IsRefused(string ordering)
    {
        var error = Assert.Single(QueryCompiler.Compile(null, ordering, conceals: true).Errors);
        Assert.Equal(("ordering", QueryErrorCode.ConcealedField), (error.Parameter, error.Code));
        Assert.NotNull(QueryCompiler.Compile(null, ordering).Query);
        Assert.NotNull(QueryCompiler.Compile(null, "id,user_uid,-date_joined", conceals: true).Query);
    }

    [Fact]
    public void Warning_OfAConcealedField_CannotBe() =>
        Assert.All(
            ReportCatalogue.All.Where(field => field.Personal != PersonalKind.None),
            field => Assert.Empty(field.KnownValues)
        );
}
