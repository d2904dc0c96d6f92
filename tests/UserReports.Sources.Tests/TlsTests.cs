using UserReports.Sources.Connections;
using UserReports.Sources.Load;
using UserReports.Sources.Schema;

namespace UserReports.Sources.Tests;

/// <summary>TLS to a real server: what failed is said in words, and what is not verified is no good finding.</summary>
public sealed class TlsTests(TlsServer server) : IClassFixture<TlsServer>
{
    private static readonly TimeSpan Good = TimeSpan.FromDays(10);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Verified => $"SSL Mode=VerifyFull;Root Certificate={server.AuthorityFile}";

    [Fact]
    public async Task Certificate_OfAnAuthorityThatIsKnown_IsGood()
    {
        await server.ShowAsync("localhost", Good);

        Assert.Equal((FindingKind.Good, "TLS, the server's certificate verified"), await EncryptionAsync(Verified));
        Assert.Equal(
            (FindingKind.Good, "TLS, the certificate verified to be of the given authority"),
            await EncryptionAsync($"SSL Mode=VerifyCA;Root Certificate={server.AuthorityFile}")
        );
    }

    [Fact]
    public async Task Certificate_ThatNobodyVerifies_IsWarnedOf()
    {
        await server.ShowAsync("localhost", Good);

        Assert.Equal(
            (
                FindingKind.Warning,
                "TLS, but the server's certificate is not verified: who stands between can read all. Add SSL "
                    + "Mode=VerifyFull to the connection string, and Root Certificate=FILE for an authority of your own."
            ),
            await EncryptionAsync("SSL Mode=Require")
        );
        Assert.Equal(
            (FindingKind.Good, "TLS, not verified, within this machine"),
            await EncryptionAsync("SSL Mode=Prefer")
        );
        Assert.Equal((FindingKind.Good, "none, within this machine"), await EncryptionAsync("SSL Mode=Disable"));
    }

    [Fact]
    public async Task Certificate_OfAnAuthorityThatIsNotKnown_IsSaidToBe()
    {
        await server.ShowAsync("localhost", Good);

        Assert.Equal(
            $"The server's certificate is not trusted: {TlsServer.AuthorityName}, who signed it, is no authority known "
                + "here. Name its own certificate with Root Certificate=FILE.",
            await FailureAsync("SSL Mode=VerifyFull")
        );
        Assert.Equal(await FailureAsync("SSL Mode=VerifyFull"), await FailureAsync("SSL Mode=VerifyCA"));
    }

    [Fact]
    public async Task Certificate_ForAnotherName_IsSaidToBe()
    {
        await server.ShowAsync("db.example.org", Good);

        Assert.Equal(
            "The server's certificate is for db.example.org, not for localhost. Write the name that it is for as Host, or "
                + "give the server a certificate for this one.",
            await FailureAsync(Verified)
        );
        Assert.Equal(
            FindingKind.Good,
            (await EncryptionAsync($"SSL Mode=VerifyCA;Root Certificate={server.AuthorityFile}")).Kind
        );
    }

    [Fact]
    public async Task Certificate_ThatHasExpired_IsSaidTo()
    {
        await server.ShowAsync("localhost", TimeSpan.FromDays(-3));

        var failure = await FailureAsync(Verified);

        Assert.Matches(
            @"^The server's certificate expired on \d{4}-\d{2}-\d{2}\. Give the server a new one\.$",
            failure
        );
    }

    [Fact]
    public async Task Certificate_ThatIsNotYetGood_IsSaidToBe()
    {
        await server.ShowAsync("localhost", TimeSpan.FromDays(23));

        Assert.Matches(
            @"^The server's certificate is only good from \d{4}-\d{2}-\d{2} on\. Look at the clocks of both machines\.$",
            await FailureAsync(Verified)
        );
    }

    [Fact]
    public async Task Server_WithoutTls_IsSaidToOfferNone()
    {
        var error = await ErrorAsync(TestDatabases.Server + ";SSL Mode=VerifyFull");

        Assert.EndsWith(
            " cannot be reached safely: 127.0.0.1 offers no TLS. Switch it on there (ssl = on); what stands between may "
                + "need it as well.",
            error,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("/nowhere/authority.pem")]
    [InlineData("/etc/hostname")]
    public async Task Authority_WhoseFileCannotBeRead_IsSaid(string file)
    {
        var error = await ErrorAsync($"{server.Connection};SSL Mode=VerifyFull;Root Certificate={file}");

        Assert.StartsWith("The platform database (localhost:", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_ThatIsNotThere_IsNotTakenForOneWithoutTls() =>
        Assert.Contains(
            "(127.0.0.1:1/none) cannot be reached: ",
            await ErrorAsync("Host=127.0.0.1;Port=1;Database=none;Username=x;SSL Mode=VerifyFull"),
            StringComparison.Ordinal
        );

    private async Task<(FindingKind Kind, string Message)> EncryptionAsync(string tls)
    {
        await using var database = SourceDatabase.Create("platform", $"{server.Connection};{tls}", new("", ""));
        var findings = await SourceExamination.RunAsync(database, true, StripeUse.Auto, Stop);
        var finding = Assert.Single(findings, finding => finding.Subject == "encryption");
        return (finding.Kind, finding.Message);
    }

    private async Task<string> FailureAsync(string tls)
    {
        const string Before = " cannot be reached safely: ";
        var error = await ErrorAsync($"{server.Connection};{tls}");
        Assert.Contains(Before, error, StringComparison.Ordinal);
        return error[(error.IndexOf(Before, StringComparison.Ordinal) + Before.Length)..];
    }

    private static async Task<string> ErrorAsync(string connection)
    {
        await using var database = SourceDatabase.Create("platform", connection, new("", ""));
        var error = await Assert.ThrowsAsync<SourceException>(() =>
            database.ReadAsync(SourceWork.Run, _ => Task.FromResult(1), Stop)
        );
        return error.Message;
    }
}
