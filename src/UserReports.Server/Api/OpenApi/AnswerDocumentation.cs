namespace UserReports.Server.Api.OpenApi;

/// <summary>What a route answers.</summary>
/// <param name="Failures">The statuses of problems besides those that every route may have.</param>
internal sealed record AnswerDocumentation(AnswerShape Shape, IReadOnlyList<int> Failures);

/// <summary>What an answer consists of.</summary>
/// <param name="Schema">One of <see cref="SchemaNames"/>; null for a file.</param>
/// <param name="IsList">True for a JSON list of it.</param>
internal sealed record AnswerShape(string? Schema, bool IsList = false)
{
    public static readonly AnswerShape Page = new(SchemaNames.Page);
    public static readonly AnswerShape Reports = new(SchemaNames.Report, IsList: true);
    public static readonly AnswerShape Summary = new(SchemaNames.Summary);
    public static readonly AnswerShape Fields = new(SchemaNames.Field, IsList: true);
    public static readonly AnswerShape Run = new(SchemaNames.Run);
    public static readonly AnswerShape Runs = new(SchemaNames.RunPage);
    public static readonly AnswerShape Audit = new(SchemaNames.AuditRecord, IsList: true);
    public static readonly AnswerShape Sessions = new(SchemaNames.Session, IsList: true);
    public static readonly AnswerShape Reveal = new(SchemaNames.Reveal);
    public static readonly AnswerShape Reveals = new(SchemaNames.Reveal, IsList: true);
    public static readonly AnswerShape Snapshots = new(SchemaNames.Snapshot, IsList: true);
    public static readonly AnswerShape Comparison = new(SchemaNames.Comparison);
    public static readonly AnswerShape AccountHistory = new(SchemaNames.AccountHistory);
    public static readonly AnswerShape File = new((string?)null);
}

/// <summary>The names of the document's schemas; those inside a report follow from the catalogue.</summary>
internal static class SchemaNames
{
    public const string Report = "Report";
    public const string Page = "ReportPage";
    public const string Summary = "Summary";
    public const string SummaryTotal = "SummaryTotal";
    public const string SummaryGroup = "SummaryGroup";
    public const string Field = "Field";
    public const string Run = "Run";
    public const string RunPage = "RunPage";
    public const string RunStatus = "RunStatus";
    public const string RunWarning = "RunWarning";
    public const string AuditRecord = "AuditRecord";
    public const string Session = "Session";
    public const string Reveal = "Reveal";
    public const string Snapshot = "Snapshot";
    public const string AccountHistory = "AccountHistory";
    public const string HistorySeries = "HistorySeries";
    public const string MissingPart = "MissingPart";
    public const string Comparison = "Comparison";
    public const string ComparedState = "ComparedState";
    public const string ComparisonCounts = "ComparisonCounts";
    public const string ComparedRow = "ComparedRow";
    public const string ComparedOrganization = "ComparedOrganization";
    public const string Difference = "Difference";
    public const string ExportFormat = "ExportFormat";
    public const string ReportsQuestion = "ReportsQuestion";
    public const string SummaryQuestion = "SummaryQuestion";
    public const string ExportQuestion = "ExportQuestion";
    public const string RevealQuestion = "RevealQuestion";
    public const string Problem = "Problem";
    public const string ParameterFault = "ParameterFault";
    public const string QueryWarning = "QueryWarning";
}
