namespace UserReports.Server.Concealment;

/// <summary>A question that tells names was about to be answered to somebody from whom they are concealed, most often
/// because a reveal ended meanwhile.</summary>
public sealed class NamesConcealedException()
    : Exception("The question tells names, and they are concealed again. Reveal it once more, with a reason.");
