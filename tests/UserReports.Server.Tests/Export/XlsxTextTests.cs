using UserReports.Server.Export.Xlsx;

namespace UserReports.Server.Tests.Export;

public sealed class XlsxTextTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("user_x0041_b", "user_x005F_x0041_b")]
    [InlineData("_x0041 _xGGGG_ _x12345_ _x_ _x", "_x0041 _xGGGG_ _x12345_ _x_ _x")]
    [InlineData("_x00_", "_x005F_x00_")]
    [InlineData("\u0001", "_x0001_")]
    [InlineData("a\r\nb\tc", "a_x000D_\nb\tc")]
    [InlineData("\uFFFE", "_xFFFE_")]
    [InlineData("🌍", "🌍")]
    [InlineData("_x0041\r", "_x005F_x0041_x000D_")]
    [InlineData("_x0041_x0042_", "_x005F_x0041_x005F_x0042_")]
    public void Text_ThatLooksLikeAnEscapeOrIsLostInXml_IsEscaped(string text, string written)
    {
        Assert.Equal(written, XlsxText.Of(text));
        Assert.Equal(text, SheetText.Read(written));
    }

    [Fact]
    public void Text_LongerThanACell_EndsInAnEllipsisAndKeepsPairsTogether()
    {
        Assert.Equal(32_767, XlsxText.Of(new string('a', 40_000)).Length);
        Assert.EndsWith("a…", XlsxText.Of(new string('a', 32_765) + "🌍🌍"), StringComparison.Ordinal);
        Assert.Equal(new string('a', 32_767), XlsxText.Of(new string('a', 32_767)));
    }
}
