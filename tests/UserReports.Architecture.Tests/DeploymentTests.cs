using System.Diagnostics;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace UserReports.Architecture.Tests;

/// <summary>What the service is installed with: its unit, its image, and the commands that the docs give.</summary>
public sealed partial class DeploymentTests
{
    /// <summary>In tenths of what systemd-analyze says; 100 is a service without any bounds.</summary>
    private const int ExposureMax = 20;

    [Fact]
    public async Task Unit_LeavesTheServiceLittleOfTheMachine()
    {
        var analyze = new ProcessStartInfo(
            "systemd-analyze",
            [
                "security",
                "--offline=true",
                FormattableString.Invariant($"--threshold={ExposureMax}"),
                Path.Combine(Checkout.Root, "eng/user-reports.service"),
            ]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(analyze)!;
        var said = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var failed = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, failed + await said);
        Assert.Contains("Overall exposure level for user-reports.service", await said, StringComparison.Ordinal);
    }

    /// <summary>Without it the runtime does not start.</summary>
    [Fact]
    public void Unit_AllowsWhatTheRuntimeCannotDoWithout() =>
        Assert.Contains("SystemCallFilter=sched_setaffinity", Checkout.Read("eng/user-reports.service").Split('\n'));

    [Fact]
    public void Unit_MakesFilesForItsOwnAccountAlone()
    {
        var lines = Checkout.Read("eng/user-reports.service").Split('\n');
        Assert.Contains("UMask=0077", lines);
        Assert.Contains("StateDirectoryMode=0700", lines);
    }

    /// <summary>What hangs is started anew; what cannot start is not tried for ever; neither leaves memory in a
    /// file.</summary>
    [Fact]
    public void Unit_IsToldThatTheServiceListensAndLives()
    {
        var lines = Checkout.Read("eng/user-reports.service").Split('\n');
        foreach (
            var line in (string[])
                [
                    "Type=notify",
                    "NotifyAccess=main",
                    "WatchdogSec=60",
                    "LimitCORE=0",
                    "Restart=on-failure",
                    "RestartPreventExitStatus=2",
                ]
        )
            Assert.Contains(line, lines);
    }

    /// <summary>Of both images, so that a digest or a version that is raised is raised in both.</summary>
    [Fact]
    public void Images_OfTheFileAndOfTheSdk_AreOfOneBase()
    {
        var project = XDocument.Parse(Checkout.Read("src/UserReports.Server/UserReports.Server.csproj"));
        Assert.Contains(
            $"FROM {project.Descendants("ContainerBaseImage").Single().Value}",
            Checkout.Read("Dockerfile")
        );
        Assert.NotEqual("0", project.Descendants("ContainerUser").Single().Value);
        Assert.Contains("CMD [\"dotnet\", \"user-reports.dll\", \"health\"]", Checkout.Read("Dockerfile"));
    }

    [Fact]
    public void Image_IsBuiltFromExactVersionsAndRunsAsNobodySpecial()
    {
        var lines = Checkout.Read("Dockerfile").Split('\n');
        var bases = lines.Where(line => line.StartsWith("FROM ", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, bases.Count);
        Assert.All(bases, line => Assert.Matches(ExactVersion(), line));
        Assert.Contains("USER $APP_UID", lines);
        Assert.Contains("RUN install -d -m 700 -o $APP_UID /data", lines);
    }

    /// <summary>Everybody on a machine can read the arguments of what runs there.</summary>
    [Fact]
    public void Command_ThatSomebodyIsToRun_HoldsNoSecret() =>
        Rule.Holds(
            from file in Checkout
                .Files("docs", ".md")
                .Concat(Checkout.Files("eng"))
                .Concat(Checkout.Files("src", ".md", ".cs", ".razor"))
                .Concat(Checkout.Files("examples"))
                .Concat([
                    "README.md",
                    "CONTRIBUTING.md",
                    "SECURITY.md",
                    "Dockerfile",
                    "dev",
                    "test",
                    ".ci/run",
                    "bench/run",
                ])
            from line in Checkout.Read(file).Split('\n').Index()
            where SecretArgument().IsMatch(line.Item)
            select $"{file}:{line.Index + 1} puts a secret into a command line: {line.Item.Trim()}"
        );

    [Theory]
    [InlineData("curl -H 'Authorization: Token KEY' http://127.0.0.1:5080/")]
    [InlineData("curl --header \"Authorization: Basic $KEY\" http://127.0.0.1:5080/")]
    [InlineData("curl -s -u admin:secret http://127.0.0.1:5080/")]
    [InlineData("runuser -u user-reports -- env $(grep -v '^#' environment | xargs) user-reports check")]
    [InlineData("docker run -e USERREPORTS__Sources__Platform='Host=db;Password=x' user-reports")]
    [InlineData("docker run --env PGPASSWORD=x user-reports")]
    [InlineData("user-reports query --token 0123456789abcdef")]
    [InlineData("user-reports check --set Sources:Usage='Host=db;Password=x'")]
    [InlineData("psql postgres://reports:secret@db/kpi")]
    [InlineData("psql -c \"create role reports login password 'x'\"")]
    [InlineData("dotnet run --project examples/UserReports.Example -- http://127.0.0.1:5080 TOKEN")]
    public void Rule_OfCommands_SeesASecret(string command) => Assert.Matches(SecretArgument(), command);

    [Theory]
    [InlineData("curl -H @- <<<\"Authorization: Token $KEY\" http://127.0.0.1:5080/")]
    [InlineData("docker run -e USERREPORTS__Sources__Platform__File=/run/secrets/platform user-reports")]
    [InlineData("user-reports check --set Sources:Platform='Host=replica;Database=kpi;Username=reports'")]
    [InlineData("export USERREPORTS_TOKEN=…")]
    public void Rule_OfCommands_LetsTheRestBe(string command) => Assert.DoesNotMatch(SecretArgument(), command);

    [GeneratedRegex(@"^FROM mcr\.microsoft\.com/dotnet/(sdk|aspnet):\d+\.\d+\.\d+( AS build)?$")]
    private static partial Regex ExactVersion();

    [GeneratedRegex(
        """
            (-H|--header)\s*\\?["']Authorization:
            | \bcurl\b.*\s(-u|--user)[\s=]*\S+:
            | \benv\s+["']?\$\(
            | (-e|--env)[\s=]+(?!\S*__File=)\S*(Sources__\w+|PASSWORD|TOKEN|SECRET)=
            | \s--(admin-)?token[\s=]+["']?[A-Za-z0-9$]
            | --set\s+\S*Password=
            | \b\w+://[^\s:/@]+:[^\s:/@]+@
            | \bpsql\b.*\bpassword\s+'
            | \bdotnet\s+run\b.*\bTOKEN\b
            """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace
    )]
    private static partial Regex SecretArgument();
}
