using UserReports.Core.Query;
using UserReports.Core.Query.Syntax;
using UserReports.Core.Reports;
using UserReports.Server.Audit;
using UserReports.Server.Requests;

namespace UserReports.Server.Concealment;

/// <summary>Records of the audit log without names, for whoever reads it over the network.</summary>
/// <remarks>
/// The log itself holds what was asked as it was asked; it is read in full where it lies. Who did something is shown by
/// account id, and by pseudonym; a query's values that name somebody are pseudonyms too, the same as in the reports.
/// </remarks>
internal sealed class AuditConcealment(Pseudonyms pseudonyms)
{
    /// <summary>Stands for a text of which nothing can be shown.</summary>
    public const string Concealed = "(concealed)";

    /// <summary>Between a summary and the query that it is of; see <c>AskedSummary.Words</c>.</summary>
    private const string SummaryOf = " of ";

    private const string NamedPath = "/account/named/";

    /// <summary>Parameters that hold paths, numbers, places and choices, once they were taken.</summary>
    private static readonly HashSet<string> Plain = new(StringComparer.Ordinal)
    {
        "ordering",
        "group_by",
        "metrics",
        "limit",
        "start",
        "offset",
        "page",
        "page_size",
        "cursor",
        "count",
        "top",
        "format",
        "bom",
        "since",
        "until",
        "user_uid",
        "session",
    };

    private static readonly Field Username = ReportCatalogue.Fields.First(field => field.Name == "username");

    /// <summary>The record without names.</summary>
    /// <param name="reader">The account that reads it: its own name it knows.</param>
    public AuditRecord Apply(AuditRecord record, long reader)
    {
        // What was refused may hold anything in any place.
        var isTaken = record.Status < StatusCodes.Status400BadRequest;
        return record with
        {
            Username =
                record.Username is null || record.AccountId == reader
                    ? record.Username
                    : pseudonyms.Of(Username, record.Username),
            Path = PathOf(record),
            Q = record.Q is null ? null : QueryOf(record.Q),
            Fields = record.Fields is null || isTaken ? record.Fields : Concealed,
            Within = record.Within is null ? null : [.. record.Within.Select(WithinOf)],
            Asked = record.Asked?.ToDictionary(
                asked => asked.Key,
                asked => isTaken && Plain.Contains(asked.Key) ? asked.Value : Concealed,
                StringComparer.Ordinal
            ),
        };
    }

    /// <summary>The query with pseudonyms in it; what cannot be read is not shown.</summary>
    public string QueryOf(string q) =>
        QueryCompiler.Compile(q, null).Query is not null && QueryCompiler.Parse(q).Syntax is { } syntax
            ? QueryText.Write(Rename(syntax))
            : Concealed;

    private QuerySyntax Rename(QuerySyntax syntax) =>
        syntax switch
        {
            QuerySyntax.And and => new QuerySyntax.And([.. and.Parts.Select(Rename)]),
            QuerySyntax.Or or => new QuerySyntax.Or([.. or.Parts.Select(Rename)]),
            QuerySyntax.Not not => new QuerySyntax.Not(Rename(not.Part)),
            QuerySyntax.Term { Path: null } word => word with { Value = Rename(word.Value, Username) },
            QuerySyntax.Term term when QueryCompiler.FindPath(term.Path!) is { } found => Rename(term, found),
            _ => throw new InvalidOperationException($"{syntax.GetType().Name} is no part of a query that was read."),
        };

    private QuerySyntax.Term Rename(QuerySyntax.Term term, (FieldPath Path, Lookup Lookup) found) =>
        found.Path.Field.Personal == PersonalKind.None || found.Lookup == Lookup.IsNull || term.Value.IsNull
            ? term
            : term with
            {
                Value =
                    found.Lookup == Lookup.In
                        ? term.Value with
                        {
                            Text = string.Join(
                                ',',
                                term.Value.Text.Split(',', StringSplitOptions.TrimEntries)
                                    .Select(part => pseudonyms.Of(found.Path, part))
                            ),
                        }
                        : Rename(term.Value, found.Path.Field, found.Path),
            };

    private ValueText Rename(ValueText value, Field field, FieldPath? path = null) =>
        value with
        {
            Text = path is null ? pseudonyms.Of(field, value.Text) : pseudonyms.Of(path, value.Text),
        };

    private string WithinOf(string words)
    {
        var at = words.IndexOf(SummaryOf, StringComparison.Ordinal);
        return at < 0 ? words : words[..(at + SummaryOf.Length)] + QueryOf(words[(at + SummaryOf.Length)..]);
    }

    private string? PathOf(AuditRecord record)
    {
        if (record.Path?.IndexOf(NamedPath, StringComparison.OrdinalIgnoreCase) is { } at and >= 0)
        {
            var name = at + NamedPath.Length;
            return record.Path[..name] + pseudonyms.Of(Username, record.Path[name..]);
        }

        // Of what there is not, an address may be any text.
        return record is { Path: not null, Status: StatusCodes.Status404NotFound } ? Concealed : record.Path;
    }
}
