using UserReports.Sources.Connections;

namespace UserReports.Sources.Tests;

public sealed class ConnectionProtectionTests
{
    private const string Advice =
        " Add SSL Mode=VerifyFull to the connection string, and Root Certificate=FILE for an authority of your own.";

    [Theory]
    [InlineData("Host=db.example.org")]
    [InlineData("Host=db.example.org;SSL Mode=Prefer")]
    [InlineData("Host=10.0.0.5;SSL Mode=Allow")]
    [InlineData("Host=127.0.0.1,db.example.org")]
    [InlineData("Host=db.example.org:5433")]
    public void Warning_OfAnotherMachineThatNeedNotEncrypt_SaysSo(string connection) =>
        Assert.Equal(
            $"The connection to {connection.Split(';')[0]["Host=".Length..]} need not be encrypted, and the server's "
                + "certificate is not verified."
                + Advice,
            ConnectionProtection.WarningOf(connection)
        );

    [Theory]
    [InlineData("Disable", "is not encrypted: personal data crosses the network in the clear.")]
    [InlineData(
        "Require",
        "is encrypted, but the server's certificate is not verified: who stands between can read it."
    )]
    [InlineData("VerifyCA", "is encrypted, but it is not verified that the certificate is this host's.")]
    public void Warning_OfAnotherMachine_SaysWhatIsLacking(string mode, string lack) =>
        Assert.Equal(
            $"The connection to db.example.org {lack}{Advice}",
            ConnectionProtection.WarningOf($"Host=db.example.org;SSL Mode={mode}")
        );

    [Theory]
    [InlineData("Host=db.example.org;SSL Mode=VerifyFull")]
    [InlineData("Host=db.example.org;SSL Mode=VerifyCA;Root Certificate=/etc/own.pem")]
    [InlineData("Host=db.example.org;Gss Encryption Mode=Require")]
    [InlineData("Host=localhost")]
    [InlineData("Host=127.0.0.1;SSL Mode=Disable")]
    [InlineData("Host=127.0.0.1:5433")]
    [InlineData("Host=::1")]
    [InlineData("Host=/var/run/postgresql")]
    [InlineData("Data Source=platform.duckdb")]
    public void Warning_OfWhatIsVerifiedOrStaysOnTheMachine_IsNone(string connection) =>
        Assert.Null(ConnectionProtection.WarningOf(connection));
}
