namespace UserReports.Server.Http;

/// <summary>How long one answer may take.</summary>
internal static class AnswerTime
{
    /// <summary>The name of the policy that bounds it.</summary>
    public const string Policy = "answer";

    /// <summary>How long one request may take before its work is cancelled.</summary>
    public static readonly TimeSpan Max = TimeSpan.FromSeconds(60);
}
