using Microsoft.Extensions.Configuration;
using UserReports.Core.Reports;
using UserReports.Server.Audit;
using UserReports.Server.Concealment;
using UserReports.Server.Configuration;

namespace UserReports.Server.Tests.Concealment;

public sealed class ConcealmentSettingsTests
{
    [Theory]
    [InlineData("Access:Conceal", "everything", "names, or nothing")]
    [InlineData("Access:Conceal", "Names", "names, or nothing")]
    [InlineData("Access:Tags", "support", "tags with usernames")]
    [InlineData("Access:Tags", "support=", "tags with usernames")]
    [InlineData("Access:Tags", "=anna", "tags with usernames")]
    [InlineData("Access:Tags", "a=b;a=c", "tags with usernames")]
    [InlineData("Access:Tags", "a=b=c", "tags with usernames")]
    [InlineData("Access:RevealTags", "suport", "tags that Access:Tags names")]
    public void Settings_ThatDoNotFit_EndTheStartAndAreNamed(string name, string value, string mustBe)
    {
        var refused = Assert.Throws<SettingsException>(() => Read(("Access:Tags", "support=anna"), (name, value)));
        var fault = Assert.Single(refused.Faults);
        Assert.StartsWith($"{name} is '{value}'", fault, StringComparison.Ordinal);
        Assert.Contains(mustBe, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Revealers_AreThoseOfTheTagsThatMay()
    {
        var settings = ConcealmentSettings.Of(
            Read(
                ("Access:Conceal", "names"),
                ("Access:Tags", " support = anna, ben ; audit=carla;both=anna"),
                ("Access:RevealTags", "support, both")
            )
        );
        Assert.True(settings.IsOn);
        Assert.Equal(["anna", "ben"], settings.Revealers.Order());
        Assert.False(ConcealmentSettings.Of(Read()).IsOn);
    }

    [Fact]
    public void Record_Concealed_NamesTheSameAsTheReportsDoAndNothingThatWasRefused()
    {
        var pseudonyms = new Pseudonyms(new byte[32]);
        string Of(string field, string value) =>
            pseudonyms.Of(ReportCatalogue.Fields.First(one => one.Name == field), value);
        var concealment = new AuditConcealment(pseudonyms);
        Assert.Equal(
            $"email:{Of("email", "ana@x.example")} AND NOT (is_staff:true OR username__in:{Of("username", "a")},{Of("username", "b")})",
            concealment.QueryOf("email:ana@x.example NOT (is_staff:true OR username__in:\"a, b\")").Replace("\"", "")
        );
        Assert.Equal(
            "email__isnull:false AND first_name:null",
            concealment.QueryOf("email__isnull:false first_name:null")
        );
        Assert.Equal(AuditConcealment.Concealed, concealment.QueryOf("nothing:ana"));
        Assert.Equal(AuditConcealment.Concealed, concealment.QueryOf("(ana"));

        var record = new AuditRecord(default, 7, "ana", null, "GET x", "/x", "ana_b", "email", 1, 200)
        {
            Asked = new Dictionary<string, string> { ["reason"] = "ana", ["ordering"] = "-email" },
            Within = ["summary by email: count of email:ana", "summary by is_staff: count"],
        };
        var shown = concealment.Apply(record, reader: 8);
        Assert.Equal(
            (Of("username", "ana"), Of("username", "ana_b"), "email"),
            (shown.Username, shown.Q, shown.Fields)
        );
        Assert.Equal((AuditConcealment.Concealed, "-email"), (shown.Asked!["reason"], shown.Asked["ordering"]));
        Assert.Equal(
            [$"summary by email: count of email:{Of("email", "ana")}", "summary by is_staff: count"],
            shown.Within!
        );
        Assert.Equal("ana", concealment.Apply(record, reader: 7).Username);
        var refused = concealment.Apply(record with { Status = 400 }, reader: 8);
        Assert.Equal(
            (AuditConcealment.Concealed, AuditConcealment.Concealed),
            (refused.Fields, refused.Asked!["ordering"])
        );
        Assert.Equal(AuditConcealment.Concealed, concealment.Apply(record with { Status = 404 }, 8).Path);
        var named = concealment.Apply(record with { Path = "/account/named/ana" }, 8).Path;
        Assert.Equal("/account/named/" + Of("username", "ana"), named);
    }

    private static ServerSettings Read(params (string Name, string Value)[] settings)
    {
        Dictionary<string, string?> all = new()
        {
            ["Sources:Platform"] = "Data Source=a.db",
            ["Sources:Usage"] = "Data Source=b.db",
        };
        foreach (var (name, value) in settings)
            all[name] = value;
        return ServerSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(all).Build());
    }
}
