using UserReports.Core.Query;
using UserReports.Core.Query.Syntax;
using UserReports.Server.Requests;

namespace UserReports.Server.Explorer.Query;

/// <summary>A query as a list of conditions that must all hold, each of which can be taken away.</summary>
/// <param name="Texts">The conditions as texts; together, joined by AND, they mean the query.</param>
public sealed record QueryParts(IReadOnlyList<string> Texts)
{
    /// <summary>Takes a query apart; one that cannot be read, or is no list of conditions, is one part.</summary>
    public static QueryParts Of(string q)
    {
        if (string.IsNullOrWhiteSpace(q))
            return new([]);
        return QueryCompiler.Parse(q).Syntax switch
        {
            QuerySyntax.And and => new([
                .. and.Parts.Select(p => p is QuerySyntax.Or ? $"({QueryText.Write(p)})" : QueryText.Write(p)),
            ]),
            { } single => new([QueryText.Write(single)]),
            null => new([q.Trim()]),
        };
    }

    /// <summary>The query without one of its parts.</summary>
    public string Without(int index)
    {
        var rest = Texts.Where((_, i) => i != index).ToList();
        return rest is [['(', .., ')'] only] && QueryCompiler.Parse(only[1..^1]).Syntax is not null
            ? only[1..^1]
            : string.Join(" AND ", rest);
    }
}
