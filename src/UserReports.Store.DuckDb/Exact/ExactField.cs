using System.Text;
using UserReports.Core.Query;
using UserReports.Core.Query.Values;
using UserReports.Core.Reports;
using UserReports.Store.Sql;
using UserReports.Store.Sql.Filters;

namespace UserReports.Store.DuckDb.Exact;

/// <summary>A field of texts that are nearly all different and that people ask for as a whole.</summary>
internal sealed record ExactField(Field Field)
{
    /// <summary>As many texts at once as can be looked for one by one.</summary>
    private const int ValuesMax = 16;

    public static readonly IReadOnlyList<ExactField> All =
    [
        .. ReportCatalogue
            .All.Where(field => field.Path is "user_uid" or "username" or "email" or "organization__uid")
            .Select(field => new ExactField(field)),
    ];

    /// <summary>What account is asked for by.</summary>
    public static ExactField UserUid { get; } = All.Single(field => field.Field.Path == "user_uid");

    /// <summary>What is looked for: where there is a folded copy, by that, which finds any case.</summary>
    public SqlText Column => Field.IsSearched ? SqlText.Name(ColumnNames.OfFolded(Field)) : ColumnNames.Column(Field);

    /// <summary>As <see cref="Column"/> has it, UTF-8.</summary>
    public byte[] KeyOf(string text) => Encoding.UTF8.GetBytes(Field.IsSearched ? CaseFolding.Fold(text) : text);

    /// <summary>
    /// The comparison that all rows of a filter meet and that names a few texts; null if there is none.
    /// </summary>
    public static (ExactField Field, Condition.Comparison Comparison)? Of(Condition? filter)
    {
        switch (filter)
        {
            case Condition.All { Parts: var parts }:
                return parts.Select(Of).FirstOrDefault(found => found is not null);
            case Condition.Comparison { Path: { Elements.Count: 0, Keys.Count: 0 } path } comparison:
                var field = All.FirstOrDefault(each => each.Field == path.Field);
                var isExact =
                    comparison.Lookup == Lookup.Exact
                    || (comparison.Lookup == Lookup.In && comparison.Values.Count <= ValuesMax)
                    || (comparison.Lookup == Lookup.IExact && path.Field.IsSearched);
                return field is not null && isExact ? (field, comparison) : null;
            default:
                return null;
        }
    }

    /// <summary>What a comparison names, as <see cref="Column"/> has it, each once.</summary>
    public IReadOnlyList<byte[]> KeysOf(Condition.Comparison comparison) =>
        [
            .. TextSql
                .TextsOf(comparison)
                .Select(text => Field.IsSearched ? CaseFolding.Fold(text) : text)
                .Distinct(StringComparer.Ordinal)
                .Select(Encoding.UTF8.GetBytes),
        ];
}
