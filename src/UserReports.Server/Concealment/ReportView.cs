using UserReports.Store;

namespace UserReports.Server.Concealment;

/// <summary>What one person sees of one question.</summary>
/// <param name="Reader">Where to read: with names, or without.</param>
/// <param name="Conceals">Whether names are concealed, so that the question must not tell them either.</param>
/// <param name="Tag">What tells this view from others in an ETag; empty where nothing is ever concealed.</param>
/// <param name="Reveal">Under which names are shown that would be concealed; null for none.</param>
public sealed record ReportView(IReportReader Reader, bool Conceals, string Tag, Reveal? Reveal)
{
    /// <summary>Says of an answer that its names are pseudonyms.</summary>
    public const string Header = "X-Concealed";

    /// <summary>What <see cref="Header"/> says then.</summary>
    public const string Names = "names";
}
