namespace UserReports.Sources;

/// <summary>What one look at a source showed.</summary>
/// <param name="Subject">What was looked at: connection, tables, rights, writing or encryption.</param>
/// <param name="Message">What was found, and what to do if it is not good; holds no credential.</param>
public sealed record SourceFinding(FindingKind Kind, string Subject, string Message);

/// <summary>How good a finding is.</summary>
public enum FindingKind
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>The service works, but something is missing from reports or could be safer.</summary>
    Warning,

    /// <summary>The service does not work, or the source is not protected from it.</summary>
    Failure,
}
