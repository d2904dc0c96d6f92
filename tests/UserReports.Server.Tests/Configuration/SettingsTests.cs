using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using UserReports.Refresh;
using UserReports.Server.Configuration;
using UserReports.Server.Hosting;
using UserReports.Sources;
using UserReports.Store.DuckDb;

namespace UserReports.Server.Tests.Configuration;

public sealed class SettingsTests
{
    private static readonly (string, string?)[] Sources =
    [
        ("Sources:Platform", "Data Source=p.duckdb"),
        ("Sources:Usage", "Host=db;Database=kobocat"),
    ];

    [Fact]
    public void Read_NothingButSources_TakesDefaults()
    {
        var settings = Read(Sources);

        Assert.Equal(1000, settings.Of(SettingsTable.PageSizeLimit));
        Assert.Equal(TimeSpan.FromMinutes(30), settings.Of(SettingsTable.Interval));
        Assert.Equal("data/reports.duckdb", settings.Of(SettingsTable.Store));
        Assert.Empty(settings.Of(SettingsTable.Proxies));
        Assert.Equal(Path.GetFullPath("data"), settings.FolderOf(SettingsTable.AuditFolder));
    }

    [Fact]
    public void Warnings_OfTheStart_NameTheSettingOfEachConnectionThatAnybodyCouldRead()
    {
        (string, string?) verified = ("Sources:Platform", "Host=db.example.org;SSL Mode=VerifyFull");

        Assert.Equal(
            [
                "Sources:Usage: The connection to db need not be encrypted, and the server's certificate is not verified. "
                    + "Add SSL Mode=VerifyFull to the connection string, and Root Certificate=FILE for an authority of your own.",
            ],
            ServerHost.WarningsOf(Read([verified, Sources[1]]))
        );
        Assert.Empty(ServerHost.WarningsOf(Read([verified, ("Sources:Usage", "Host=db;Colour=red")])));
    }

    [Fact]
    public async Task Start_WithAConnectionThatAnybodyCouldRead_SaysSoInTheLog()
    {
        var log = new LogLines();
        var folder = Directory.CreateTempSubdirectory("user-reports-start-");
        var configuration = Configuration([
            Sources[0],
            ("Sources:Usage", "Host=db.example.org;Database=kobocat;Password=not-to-be-shown"),
            ("Store", $"Data Source={Path.Combine(folder.FullName, "reports.duckdb")}"),
        ]);
        await using (
            ServerHost.Build(
                configuration,
                ServerSettings.Read(configuration),
                adjust: builder => builder.Logging.ClearProviders().AddProvider(log)
            )
        )
        {
            // What is said, is said before anything is asked.
        }

        folder.Delete(recursive: true);
        var line = Assert.Single(
            log.All,
            line => line.Contains("The connection to db.example.org", StringComparison.Ordinal)
        );
        Assert.StartsWith("Warning ", line, StringComparison.Ordinal);
        Assert.DoesNotContain("not-to-be-shown", line, StringComparison.Ordinal);
    }

    /// <summary>Two defaults of one thing drift apart, so each stands in one place.</summary>
    [Fact]
    public void Read_NothingButSources_GivesThePartsTheirOwnDefaults()
    {
        var settings = Read(Sources);

        Assert.Equal(
            new SourceSettings(settings.Of(SettingsTable.Platform), settings.Of(SettingsTable.Usage)),
            ServerHost.SourceSettingsOf(settings)
        );
        Assert.Equal(new StoreSettings("data/reports.duckdb"), ServerHost.StoreSettingsOf(settings));
        Assert.Equal(new RefreshSettings(), ServerHost.RefreshSettingsOf(settings, hasReaders: true));
    }

    [Theory]
    [InlineData(
        "Reports:PageSizeLimit",
        "0",
        "Reports:PageSizeLimit is '0', but it must be a whole number from 1 to 100000."
    )]
    [InlineData("Stripe:Enabled", "perhaps", "Stripe:Enabled is 'perhaps', but it must be auto, true or false.")]
    [InlineData(
        "Store",
        "reports.duckdb",
        "Store is not shown, but it must be Data Source=FILE, or a connection string such as Host=ch1,ch2;Port=8123;Database=user_reports;Cluster=reports;Username=reports;Password=…;Protocol=https."
    )]
    [InlineData(
        "Refresh:Interval",
        "soon",
        "Refresh:Interval is 'soon', but it must be a duration from 00:00:10 to 30.00:00:00, written as hours:minutes:seconds or "
            + "days.hours:minutes:seconds."
    )]
    [InlineData(
        "Proxies",
        "10.0.0.1,everybody",
        "Proxies is '10.0.0.1,everybody', but it must be addresses or networks separated by commas, such as 10.0.0.5,10.1.0.0/16."
    )]
    [InlineData("Refresh:Intervall", "00:10:00", "Refresh:Intervall is no setting. Did you mean Refresh:Interval?")]
    [InlineData(
        "Access:KeysFolder:File",
        "/nowhere/key",
        "Access:KeysFolder:File is '/nowhere/key', but that file cannot be read: Could not find a part of the path '/nowhere/key'."
    )]
    public void Read_WrongValue_NamesSettingValueAndWhatIsValid(string name, string value, string message)
    {
        var error = Assert.Throws<SettingsException>(() => Read([.. Sources, (name, value)]));

        Assert.Equal(message, error.Message);
    }

    /// <summary>Settings that take any text, such as folders, have no wrong value.</summary>
    [Fact]
    public void Read_NonsenseInEachSetting_IsOneLineThatNamesIt()
    {
        const string Nonsense = "=;nonsense";
        var refusing = SettingsTable.All.Where(setting => !setting.TryRead(Nonsense, out _)).ToList();
        foreach (var setting in refusing)
        {
            var error = Assert.Throws<SettingsException>(() =>
                Read([.. Sources.Where(source => source.Item1 != setting.Name), (setting.Name, Nonsense)])
            );
            Assert.StartsWith($"{setting.Name} is ", error.Message, StringComparison.Ordinal);
            Assert.EndsWith($", but it must be {setting.Valid}.", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error.Message);
        }

        Assert.InRange(refusing.Count, 40, int.MaxValue);
    }

    [Fact]
    public void Read_WrongSecret_NeverShowsIt()
    {
        var error = Assert.Throws<SettingsException>(() =>
            Read([("Sources:Platform", "Password=hunter2"), Sources[1]])
        );

        Assert.StartsWith(
            "Sources:Platform is not shown, but it must be a connection string",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SeveralFaults_NamesThemAll()
    {
        var error = Assert.Throws<SettingsException>(() => Read([("Stripe:Enabled", "x")]));

        Assert.Equal(
            ["Sources:Platform", "Sources:Usage", "Stripe:Enabled"],
            error.Faults.Select(fault => fault.Split(' ')[0]).Order()
        );
    }

    [Fact]
    public void Read_SecretInAFile_TakesItWithoutItsLineBreak()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "Data Source=secret.duckdb\n");

        var settings = Read([("Sources:Platform:File", file), Sources[1]]);

        Assert.Equal("Data Source=secret.duckdb", settings.Of(SettingsTable.Platform));
        File.Delete(file);
    }

    [Fact]
    public void Read_WithoutSources_IsEnoughForTheStore() =>
        Assert.Equal("", ServerSettings.Read(Configuration([]), needsSources: false).Of(SettingsTable.Platform));

    /// <summary>With USERREPORTS_RENEW=1 in the environment the page is written instead.</summary>
    [Fact]
    public void Page_OfTheSettings_IsTheCommittedOne()
    {
        var page = Path.Combine(Checkout(), "docs", "settings.md");
        if (Environment.GetEnvironmentVariable("USERREPORTS_RENEW") == "1")
            File.WriteAllText(page, SettingsPage.Write());

        Assert.Equal(SettingsPage.Write(), File.ReadAllText(page));
    }

    private static string Checkout([System.Runtime.CompilerServices.CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));

    private static ServerSettings Read(IEnumerable<(string, string?)> values) =>
        ServerSettings.Read(Configuration(values));

    private static IConfigurationRoot Configuration(IEnumerable<(string Name, string? Value)> values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.ToDictionary(v => v.Name, v => v.Value)).Build();
}
