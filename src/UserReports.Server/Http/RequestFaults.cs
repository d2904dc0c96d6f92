using Microsoft.AspNetCore.Mvc;
using UserReports.Core.Query;

namespace UserReports.Server.Http;

/// <summary>Everything that is wrong with a request, found in one go.</summary>
internal static class RequestFaults
{
    /// <summary>One problem for all faults; the first one also stands at the top, where simple clients look.</summary>
    public static ProblemDetails ToProblem(this IReadOnlyList<RequestFault> faults)
    {
        var first = faults[0];
        var details = KindOf(first).With(string.Join(' ', faults.Select(fault => fault.Detail)));
        details.Extensions["code"] = first.Code;
        details.Extensions["parameter"] = first.Parameter;
        details.Extensions["text"] = first.Text;
        details.Extensions["position"] = first.Position;
        details.Extensions["suggestions"] = first.Suggestions.ToArray();
        details.Extensions["errors"] = faults.ToArray();
        return details;
    }

    public static IEnumerable<RequestFault> Of(IEnumerable<QueryError> errors) =>
        errors.Select(error => new RequestFault(
            error.Parameter,
            error.Code,
            error.Message,
            error.Text,
            error.Position,
            error.Suggestions
        ));

    private static Problem KindOf(RequestFault fault) =>
        Problems.All.FirstOrDefault(problem => problem.Code == fault.Code) ?? Problems.BadQuery;
}
