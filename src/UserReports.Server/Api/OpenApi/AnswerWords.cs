namespace UserReports.Server.Api.OpenApi;

/// <summary>What a route answers.</summary>
/// <param name="Schema">One of <see cref="SchemaNames"/>.</param>
/// <param name="Failures">The statuses of problems besides those of sign-in.</param>
internal sealed record AnswerWords(string Schema, IReadOnlyList<int> Failures);

/// <summary>The names of the document's schemas.</summary>
internal static class SchemaNames
{
    public const string Report = "Report";
    public const string Page = "ReportPage";
    public const string Reports = "Reports";
    public const string Summary = "Summary";
    public const string Fields = "Fields";
    public const string Run = "Run";
    public const string Runs = "RunPage";
    public const string File = "File";
    public const string Problem = "Problem";
}
