namespace UserReports.Server.Audit;

/// <summary>The reveal that a request begins, or under which it is answered; a feature of the request.</summary>
/// <param name="Id">As it is recorded.</param>
internal sealed record RevealUse(string Id);
