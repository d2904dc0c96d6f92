using Microsoft.AspNetCore.Mvc;
using UserReports.Core.Query;
using UserReports.Core.Query.Syntax;
using UserReports.Server.Http;
using UserReports.Store;

namespace UserReports.Server.Api.Failing;

/// <summary>A pattern that only the store's engine could refuse, told like every other fault of a query.</summary>
internal static class PatternFault
{
    public static ProblemDetails Of(PatternRejectedException rejected, string q)
    {
        var patterns = QueryCompiler.Parse(q).Syntax is { } syntax ? Patterns(syntax).ToList() : [];
        var part = rejected.Reason[(rejected.Reason.LastIndexOf(": ", StringComparison.Ordinal) + 1)..].Trim();
        var meant = patterns
            .Where(pattern => pattern.Text.Contains(part, StringComparison.Ordinal))
            .Concat(patterns)
            .FirstOrDefault();
        RequestFault[] faults =
        [
            new("q", QueryErrorCode.BadValue, rejected.Message, meant.Text ?? "", meant.Position, []),
        ];
        return faults.ToProblem();
    }

    private static IEnumerable<ValueText> Patterns(QuerySyntax syntax) =>
        syntax switch
        {
            QuerySyntax.And and => and.Parts.SelectMany(Patterns),
            QuerySyntax.Or or => or.Parts.SelectMany(Patterns),
            QuerySyntax.Not not => Patterns(not.Part),
            QuerySyntax.Term { Path: { } path } term when path.EndsWith("regex", StringComparison.Ordinal) =>
            [
                term.Value,
            ],
            _ => [],
        };
}
