using UserReports.Core.Query;

namespace UserReports.Core.Tests.Query;

/// <summary>What the query bar offers where the caret (<c>|</c>) is.</summary>
public sealed class QueryCompletionTests
{
    [Theory]
    [InlineData("usern|", "Field", 0, 5, "username")]
    [InlineData("is_active:true AND (organ|", "Field", 20, 5, "organization")]
    [InlineData("storage_b|", "Field", 0, 9, "service_usage__balances__storage_bytes")]
    [InlineData("extra_details__data__cou|", "Field", 0, 24, "extra_details__data__country")]
    [InlineData("username__ic|", "Lookup", 0, 12, "username__icontains")]
    [InlineData("last_login__ye|", "Lookup", 0, 14, "last_login__year")]
    [InlineData("organization__role:|", "Value", 19, 0, "owner")]
    [InlineData("organization__role:ad|", "Value", 19, 2, "admin")]
    [InlineData("NOT (is_active:f|", "Value", 15, 1, "false")]
    [InlineData("subscriptions[]__status:past|", "Value", 24, 4, "past_due")]
    [InlineData("last_login:n|", "Value", 11, 1, "null")]
    [InlineData("extra_details__data__\"my key\"__ico|", "Lookup", 0, 34, "extra_details__data__\"my key\"__icontains")]
    [InlineData("extra_details__data__\"my key\":x is_ac|", "Field", 32, 5, "is_active")]
    [InlineData("id|", "Field", 0, 2, "id")]
    [InlineData("username:\"two words\" is_ac|", "Field", 21, 5, "is_active")]
    public void At_Caret_OffersTheLikeliestFirst(string text, string kind, int start, int length, string first)
    {
        var completion = QueryCompletion.At(
            text.Replace("|", "", StringComparison.Ordinal),
            text.IndexOf('|', StringComparison.Ordinal)
        );
        Assert.Equal((kind, start, length), (completion.Kind.ToString(), completion.Start, completion.Length));
        Assert.Equal(first, completion.Items[0].Text);
    }

    [Fact]
    public void At_ValueOfAField_TellsItsPath() =>
        Assert.Equal("extra_details__data__country", QueryCompletion.At("extra_details__data__country:K", 30).Path);

    [Fact]
    public void At_Nothing_OffersAllFieldsInTheirOrder() =>
        Assert.Equal(["id", "user_uid", "username"], QueryCompletion.At("", 0).Items.Take(3).Select(i => i.Text));

    [Fact]
    public void At_Nonsense_OffersNothing() => Assert.Empty(QueryCompletion.At("nothing__like__it:", 18).Items);
}
