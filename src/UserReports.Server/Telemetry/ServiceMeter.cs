using System.Diagnostics.Metrics;

namespace UserReports.Server.Telemetry;

/// <summary>What happens to people and files, counted as OpenTelemetry metrics.</summary>
/// <remarks>
/// Each is there from the start, as zero: an alert cannot tell a counter that is missing from one that stands.
/// </remarks>
internal static class ServiceMeter
{
    private const string Kind = "kind";

    private static readonly Meter Meter = new("UserReports.Server");

    private static readonly Counter<long> RefusedSignIns = Meter.CreateCounter<long>(
        "user_reports.sign_ins.refused",
        "{attempt}",
        "Attempts to sign in, or to use a token, that were refused; by what was wrong."
    );

    private static readonly Counter<long> AuditFailures = Meter.CreateCounter<long>(
        "user_reports.audit.failures",
        "{record}",
        "Records that the audit log could not take; what they stood for did not happen."
    );

    private static readonly Counter<long> Exports = Meter.CreateCounter<long>(
        "user_reports.exports",
        "{export}",
        "Exports over HTTP, by format; those that were broken off too."
    );

    /// <param name="kind"><c>password</c>, <c>code</c> or <c>token</c>.</param>
    public static void RefuseSignIn(string kind) => RefusedSignIns.Add(1, KeyValuePair.Create(Kind, (object?)kind));

    public static void FailAudit() => AuditFailures.Add(1);

    /// <param name="format">The format's name.</param>
    public static void Export(string format) => Exports.Add(1, KeyValuePair.Create("format", (object?)format));

    /// <summary>Lets every counter stand at its present value.</summary>
    public static void Begin(IEnumerable<string> formats)
    {
        AuditFailures.Add(0);
        foreach (var kind in (string[])["password", "code", "token"])
            RefusedSignIns.Add(0, KeyValuePair.Create(Kind, (object?)kind));
        foreach (var format in formats)
            Exports.Add(0, KeyValuePair.Create("format", (object?)format));
    }
}
