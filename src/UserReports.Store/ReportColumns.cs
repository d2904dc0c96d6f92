using System.IO.Hashing;
using System.Text;
using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Store.Generations;

namespace UserReports.Store;

/// <summary>
/// The columns of the table <c>reports</c>, derived from the catalogue: what a report is filtered and ordered by. What
/// it is answered with is its document, which stands in a file of its own (<see cref="Documents.DocumentFile"/>).
/// </summary>
public static class ReportColumns
{
    /// <summary>Ends the name of the case-folded copy of a searched text.</summary>
    public const string FoldedSuffix = "__folded";

    /// <summary>To be raised when stored columns or documents keep their names but change their meaning.</summary>
    private const string Meaning = "1";

    /// <summary>All columns, in the order of the table.</summary>
    public static readonly IReadOnlyList<ReportColumn> All =
    [
        new("user_id", "BIGINT", (row, report) => row.Write(report.UserId)),
        new("organization_id", "VARCHAR", (row, report) => row.Write(report.OrganizationId)),
        .. ReportCatalogue.Fields.SelectMany(field => Derive(field, report => report)),
    ];

    private static readonly HashSet<string> Names = [.. All.Select(column => column.Name)];

    /// <summary>True if the table has a column of that name.</summary>
    public static bool Exists(string name) => Names.Contains(name);

    /// <summary>The statement that makes the table.</summary>
    public static string CreateTable { get; } =
        $"create table reports ({string.Join(", ", All.Select(c => $"{Quote(c.Name)} {c.SqlType}"))}, document BIGINT not null)";

    /// <summary>
    /// Changes with every field of the catalogue and every column, so that a store of another layout is rebuilt, not
    /// misread.
    /// </summary>
    public static int LayoutVersion { get; } =
        (int)
            XxHash32.HashToUInt32(
                Encoding.UTF8.GetBytes($"{Meaning}\n{CreateTable}\n{string.Join('\n', ReportCatalogue.All)}")
            );

    /// <summary>A column name as SQL.</summary>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static IEnumerable<ReportColumn> Derive(Field field, Func<Report, object?> owner)
    {
        switch (field.Kind)
        {
            case FieldKind.Object:
                foreach (var child in field.Children)
                {
                    foreach (var column in Derive(child, report => owner(report) is { } o ? field.ReadObject(o) : null))
                        yield return column;
                }

                // A group that can be null is null itself; its members cannot tell that from a null of their own.
                if (field.IsNullable)
                {
                    yield return new(
                        field.Path,
                        "BOOLEAN",
                        (row, report) =>
                            row.Write(owner(report) is { } o && field.ReadObject(o) is not null ? true : (bool?)null)
                    );
                }

                break;
            case FieldKind.List:
                foreach (var column in DeriveList(field, report => owner(report)!))
                    yield return column;
                break;
            case FieldKind.Json:
                yield return new(
                    field.Path,
                    "VARCHAR",
                    (row, report) => row.Write(owner(report) is { } o ? field.ReadJson(o)?.Text : null)
                );
                foreach (var key in field.KnownKeys)
                    yield return KnownKey(field, key, owner);
                break;
            default:
                yield return Scalar(field, owner);
                if (field.IsSearched)
                {
                    yield return new(
                        field.Path + FoldedSuffix,
                        "VARCHAR",
                        (row, report) =>
                            row.Write(
                                owner(report) is { } o && field.ReadText(o) is { } text ? CaseFolding.Fold(text) : null
                            )
                    );
                }

                break;
        }
    }

    private static ReportColumn Scalar(Field field, Func<Report, object?> owner) =>
        field.Kind switch
        {
            FieldKind.Text => new(
                field.Path,
                "VARCHAR",
                (row, report) => row.Write(owner(report) is { } o ? field.ReadText(o) : null)
            ),
            FieldKind.Boolean => new(
                field.Path,
                "BOOLEAN",
                (row, report) => row.Write(owner(report) is { } o ? field.ReadBoolean(o) : null)
            ),
            FieldKind.Integer => new(
                field.Path,
                "BIGINT",
                (row, report) => row.Write(owner(report) is { } o ? field.ReadInteger(o) : null)
            ),
            FieldKind.Decimal => new(
                field.Path,
                "DOUBLE",
                (row, report) => row.Write(owner(report) is { } o ? (double?)field.ReadDecimal(o) : null)
            ),
            _ => new(
                field.Path,
                "TIMESTAMP",
                (row, report) => row.Write(owner(report) is { } o ? WholeSeconds(field.ReadInstant(o)) : null)
            ),
        };

    /// <summary>What is shown is what is compared: an instant pasted from a report finds that report.</summary>
    private static DateTime? WholeSeconds(DateTimeOffset? instant) =>
        instant?.UtcDateTime is { } utc ? new DateTime(utc.Ticks - (utc.Ticks % TimeSpan.TicksPerSecond)) : null;

    /// <summary>
    /// The text of a key; null if there is none or its value is no text (then only the JSON itself knows it).
    /// </summary>
    private static ReportColumn KnownKey(Field field, string key, Func<Report, object?> owner) =>
        new(
            $"{field.Path}__{key}",
            "VARCHAR",
            (row, report) =>
                row.Write(
                    owner(report) is { } o && field.ReadJson(o)?.Member(key) is { } value
                        ? JsonText.StringOf(value)
                        : null
                )
        );

    private static IEnumerable<ReportColumn> DeriveList(Field list, Func<Report, object> owner)
    {
        yield return new(
            list.Path,
            "VARCHAR",
            (row, report) =>
                row.Write(
                    list.ReadList(owner(report)) is { Count: > 0 } elements ? ReportJson.Render(list, elements) : null
                )
        );
        foreach (var leaf in Leaves(list).Where(leaf => leaf.IsCollected))
        {
            yield return new(
                leaf.Path,
                "VARCHAR[]",
                (row, report) =>
                {
                    List<string>? values = null;
                    Collect(leaf, list, list.ReadList(owner(report)), ref values);
                    if (values is null)
                        row.Write((IReadOnlyList<string>?)null);
                    else
                        row.Write(values);
                }
            );
        }
    }

    private static IEnumerable<Field> Leaves(Field field) =>
        field.Children.Count == 0 ? [field] : field.Children.SelectMany(Leaves);

    private static void Collect(Field leaf, Field list, IReadOnlyList<object> elements, ref List<string>? values)
    {
        if (elements.Count == 0)
            return;
        List<Field> steps = [];
        for (var step = leaf; step != list; step = step!.Parent)
            steps.Insert(0, step!);
        foreach (var element in elements)
            CollectFrom(steps, 0, element, ref values);
    }

    private static void CollectFrom(List<Field> steps, int at, object? owner, ref List<string>? values)
    {
        if (owner is null)
            return;
        var step = steps[at];
        if (step.Kind == FieldKind.Object)
        {
            CollectFrom(steps, at + 1, step.ReadObject(owner), ref values);
        }
        else if (step.Kind == FieldKind.List)
        {
            foreach (var element in step.ReadList(owner))
                CollectFrom(steps, at + 1, element, ref values);
        }
        else if (step.ReadText(owner) is { } text)
        {
            (values ??= []).Add(text);
        }
    }
}

/// <summary>One column of the table <c>reports</c>.</summary>
/// <param name="Write">Writes a report's value into the column.</param>
public sealed record ReportColumn(string Name, string SqlType, Action<ColumnWriter, Report> Write);
