using System.Text.Json;
using UserReports.Core.Query;
using UserReports.Core.Query.Values;
using UserReports.Core.Reports;
using UserReports.Store.DuckDb.Caching;
using UserReports.Store.DuckDb.Changes;
using UserReports.Store.DuckDb.Dialect;
using UserReports.Store.DuckDb.Memory;
using UserReports.Store.DuckDb.Reading;
using UserReports.Store.Sql;

namespace UserReports.Store.DuckDb.Exact;

/// <summary>
/// Answers filters that name a text which few rows have: an index tells which rows may have it, and only those are
/// looked at. None is no scan.
/// </summary>
internal static class ExactLookup
{
    /// <summary>Of so many a scan is no dearer.</summary>
    private const int CandidatesMax = 256;

    /// <summary>Whether a filter is answered so.</summary>
    public static bool Has(GenerationMemory memory, Condition? filter) =>
        ExactField.Of(filter) is var (field, comparison)
        && Candidates(memory, field, field.KeysOf(comparison), memory.Changes.Published.Number) is not null;

    /// <summary>The page; null if the filter is of another kind, or too many rows may be meant.</summary>
    public static PageAnswer? Find(
        ReadTransaction reading,
        GenerationMemory memory,
        ReportQuery query,
        PageRequest page
    )
    {
        if (ExactField.Of(query.Filter) is not var (field, comparison))
            return null;
        var keys = field.KeysOf(comparison);
        var published = memory.Changes.Published;
        if (Candidates(memory, field, keys, published.Number) is not { } candidates)
            return null;
        var isFirst = page.Key is null && page.Offset == 0;
        if (candidates.Count == 0 || (isFirst && ReferenceEquals(query.Filter, comparison)))
        {
            var found = Met(reading, field.Field, comparison, candidates);
            // Of one row there is no order.
            if (found.Count <= 1)
                return new(new(found, null, null, HasMore: false), found.Count, Describe(reading, published));
        }

        return ByStatement(reading, memory, field, keys, query, page);
    }

    /// <summary>Where an account's documents are, by organisation; null if that is not known here.</summary>
    public static List<long>? Documents(ReadTransaction reading, GenerationMemory memory, string userUid)
    {
        var field = ExactField.UserUid;
        var version = memory.Changes.Published.Number;
        if (Candidates(memory, field, [field.KeyOf(userUid)], version) is not { } candidates)
            return null;
        candidates.Sort(static (one, other) => one.CompareTo(other));
        return Met(
            reading,
            field.Field,
            new(new(field.Field, [], []), InstantPart.Whole, Lookup.Exact, [new QueryValue.Text(userUid)]),
            candidates
        );
    }

    private static PageAnswer? ByStatement(
        ReadTransaction reading,
        GenerationMemory memory,
        ExactField field,
        IReadOnlyList<byte[]> keys,
        ReportQuery query,
        PageRequest page
    )
    {
        var version = reading.Version;
        if (Candidates(memory, field, keys, version) is not { } candidates)
            return null;
        var met = FilterStatements.Met(
            reading,
            query.Filter!,
            [.. candidates.Where(candidate => !candidate.IsChanged).Select(candidate => candidate.Document)],
            [.. candidates.Where(candidate => candidate.IsChanged).Select(candidate => candidate.Document)]
        );
        // Of one row there is no order.
        if (met.Count == 0 || (met.Count == 1 && page.Key is null && page.Offset == 0))
            return new(new([.. met], null, null, HasMore: false), met.Count, reading.Snapshot);
        candidates = candidates.FindAll(candidate => met.Contains(candidate.Document));
        var statements = new DuckDbStatements(DuckDbDialect.Of(Rows(candidates)));
        var found = PageFinder.Find(reading, statements, query, page);
        long? count = null;
        if (page.Count)
            count = PageFinder.EndOf(page, found) ?? PageFinder.Count(reading, statements, query.Filter);
        return new(found, count, reading.Snapshot);
    }

    /// <summary>Rows of which some may have one of the texts; null if there are too many, or it is not known.</summary>
    private static List<Candidate>? Candidates(
        GenerationMemory memory,
        ExactField field,
        IReadOnlyList<byte[]> keys,
        long version
    )
    {
        if (memory.Index(field) is not { } index || version < index.Since)
            return null;
        Dictionary<long, Candidate> found = [];
        foreach (var key in keys)
        {
            if (index.OfBase(key, CandidatesMax) is not { } ofBase)
                return null;
            foreach (var ordinal in ofBase.Where(ordinal => !memory.Changes.IsReplaced(ordinal, version)))
            {
                var document = memory.Base.Document(ordinal);
                found[document] = new(document, IsChanged: false, memory.Base.OrganizationId(ordinal));
            }

            foreach (var row in index.Changed(key, version))
                found[row.Document] = new(row.Document, IsChanged: true, row.OrganizationId);
        }

        return found.Count > CandidatesMax || !memory.Changes.Knows(version) ? null : [.. found.Values];
    }

    /// <summary>Those that have the text, by their documents.</summary>
    private static List<long> Met(
        ReadTransaction reading,
        Field field,
        Condition.Comparison comparison,
        List<Candidate> candidates
    )
    {
        var texts = comparison.Values.Select(value => ((QueryValue.Text)value).Value);
        var ignoresCase = comparison.Lookup == Lookup.IExact;
        var wanted = (ignoresCase ? texts.Select(CaseFolding.Fold) : texts).ToHashSet(StringComparer.Ordinal);
        List<long> addresses = [.. candidates.Select(candidate => candidate.Document)];
        var documents = reading.Generation.Documents.Read(addresses);
        return [.. addresses.Where((_, i) => IsMet(documents[i]))];

        bool IsMet(ReadOnlyMemory<byte> document) =>
            TextAt(document, field) is { } text && wanted.Contains(ignoresCase ? CaseFolding.Fold(text) : text);
    }

    private static string? TextAt(ReadOnlyMemory<byte> document, Field field)
    {
        using var json = JsonDocument.Parse(document);
        var value = json.RootElement;
        foreach (var name in field.Path.Split("__"))
        {
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(name, out value))
                return null;
        }

        return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }

    private static SqlText Rows(List<Candidate> candidates)
    {
        var parts = candidates
            .GroupBy(candidate => candidate.IsChanged ? DuckDbDialect.Changed : DuckDbDialect.Base)
            .SelectMany(group =>
                FilterStatements.Rows(group.Key, SqlText.Constant("*"), [.. group.Select(row => row.Document)])
            );
        return SqlText.Of($"({SqlText.Join(" union all ", parts)})");
    }

    private static SnapshotInfo Describe(ReadTransaction reading, RowVersion version) =>
        reading.Generation.Describe(version.Number, version.Rows, version.Changed);

    /// <summary>A row that may be meant.</summary>
    private sealed record Candidate(long Document, bool IsChanged, byte[]? OrganizationId)
    {
        public int CompareTo(Candidate other) =>
            OrganizationId is null || other.OrganizationId is null
                ? (OrganizationId is null).CompareTo(other.OrganizationId is null)
                : OrganizationId.AsSpan().SequenceCompareTo(other.OrganizationId);
    }
}
