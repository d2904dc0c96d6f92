using Microsoft.Extensions.Time.Testing;
using UserReports.Core.Billing;
using UserReports.Core.Reports;
using UserReports.Sources.Connections;
using UserReports.Sources.Reading;

namespace UserReports.Sources.Tests;

/// <summary>Databases of other encodings than UTF-8.</summary>
public sealed class EncodingTests
{
    private const int Accounts = 30;
    private const string NoText = "holds bytes that are no text in UTF-8; replacement characters stand for them.";

    private static readonly AccountRange Everyone = new(int.MinValue, int.MaxValue);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_BytesThatAreNoText_CostTheirFieldsAndAreTold()
    {
        await using var databases = await TestDatabases.EmptyAsync(embedded: false, "SQL_ASCII");
        await TestDatabases.MakeTablesAsync(databases);
        await TestDatabases.ExecuteAsync(
            databases.Platform,
            """
            insert into auth_user select id, 'user' || id, 'F', 'L', '', false, false, true, now(), null, '!'
                from generate_series(1, 30) as id;
            update auth_user set first_name = E'Fran\xe7ois', last_name = E'Zo\xc3\xab' where id = 7;
            insert into hub_extrauserdetail values
                (7, 'u7', jsonb_build_object('name', E'\xff', 'sector', 'S'), '{}', null, null, null, true, null);
            insert into organizations_organization values ('org7', E'Caf\xe9', '', 'none', false, true);
            insert into organizations_organizationuser values (14, 7, 'org7', true);
            insert into djstripe_product values ('prod_teams', E'\xfcber', null, 'service', '{}');
            """
        );

        var (reports, warnings) = await ReadAsync(databases);

        Assert.Equal(Accounts, reports.Select(report => report.UserId).Distinct().Count());
        var seven = reports.First(report => report.UserId == 7);
        Assert.Equal(("Fran\uFFFDois", "Zoë"), (seven.Account.FirstName, seven.Account.LastName));
        Assert.Equal("\uFFFD", seven.Account.ExtraDetails.Data!.Root.GetProperty("name").GetString());
        Assert.Equal("Caf\uFFFD", seven.Organization!.Name);
        Assert.Contains(new DataWarning("account 7", $"first_name {NoText}"), warnings);
        Assert.Contains(new DataWarning("account 7", $"data {NoText}"), warnings);
        Assert.Contains(new DataWarning($"organization {seven.OrganizationId}", $"name {NoText}"), warnings);
        Assert.Contains(new DataWarning("product prod_teams", $"name {NoText}"), warnings);
        Assert.DoesNotContain(warnings, w => w.Problem == $"last_name {NoText}");
    }

    [Fact]
    public async Task Identity_BytesThatAreNoText_LetTheAccountIn()
    {
        await using var databases = await TestDatabases.EmptyAsync(embedded: false, "SQL_ASCII");
        await TestDatabases.MakeTablesAsync(databases);
        await TestDatabases.ExecuteAsync(
            databases.Platform,
            "insert into auth_user values (7, 'seven', 'F', 'L', '', false, false, true, now(), null, E'\\xe7')"
        );
        await using var database = SourceDatabase.Create("platform", databases.Platform, new("", ""));

        Assert.NotNull(await new Identities.IdentitySource(database).FindByIdAsync(7, Token));
    }

    [Theory]
    [InlineData("LATIN1", "François")]
    [InlineData("LATIN9", "Œuvre à 5 €")]
    [InlineData("WIN1251", "Привет")]
    [InlineData("EUC_JP", "名前")]
    public async Task Read_OtherEncodings_AreText(string encoding, string name)
    {
        await using var databases = await TestDatabases.EmptyAsync(embedded: false, encoding);
        await TestDatabases.MakeTablesAsync(databases);
        await TestDatabases.ExecuteAsync(
            databases.Platform,
            $"insert into auth_user values (7, 'seven', '{name}', 'L', 'e', false, false, true, now(), null, '!')"
        );

        var (reports, warnings) = await ReadAsync(databases);

        Assert.Equal(name, Assert.Single(reports).Account.FirstName);
        Assert.Empty(warnings);
    }

    [Fact]
    public async Task Read_BytesThatTheDatabaseCannotTranslate_AreToldWithTheirTable()
    {
        await using var databases = await TestDatabases.EmptyAsync(embedded: false, "WIN1252");
        await TestDatabases.MakeTablesAsync(databases);
        await TestDatabases.ExecuteAsync(
            databases.Platform,
            """
            insert into auth_user values
                (7, convert_from('\x81', 'WIN1252'), 'F', 'L', 'e', false, false, true, now(), null, '!')
            """
        );

        var error = await Assert.ThrowsAsync<SourceException>(() => ReadAsync(databases));

        Assert.Contains("auth_user", error.Message, StringComparison.Ordinal);
    }

    private static async Task<(IReadOnlyList<Report> Reports, HashSet<DataWarning> Warnings)> ReadAsync(
        TestDatabases databases
    )
    {
        await using var source = new ReportSource(
            new(databases.Platform, databases.Usage),
            new FakeTimeProvider(TestDatabases.Now)
        );
        var batch = await source.ReadRangeAsync(Everyone, TestDatabases.Now, Token);
        HashSet<DataWarning> warnings = [];
        return (new ReportComputation(366).Compute(batch, OperatorLimits.None, w => warnings.Add(w)), warnings);
    }
}
