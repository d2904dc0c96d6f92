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

    /// <summary>
    /// What columns are read from: the report itself, then what is within it, each with the place of what holds it. It
    /// is read once for a report and not once for each of its columns.
    /// </summary>
    private static readonly List<(int Holder, Func<object, object?> Read)> Owners = [(0, report => report)];

    /// <summary>All columns, in the order of the table.</summary>
    public static readonly IReadOnlyList<ReportColumn> All =
    [
        new("user_id", "BIGINT", 0, (row, report) => row.Write(((Report)report!).UserId)),
        new("organization_id", "VARCHAR", 0, (row, report) => row.Write(((Report)report!).OrganizationId))
        {
            IsVaried = true,
        },
        .. ReportCatalogue.Fields.SelectMany(field => Derive(field, 0)),
    ];

    private static readonly HashSet<string> Names = [.. All.Select(column => column.Name)];

    /// <summary>True if the table has a column of that name.</summary>
    public static bool Exists(string name) => Names.Contains(name);

    /// <summary>How many places <see cref="Write"/> needs.</summary>
    public static int OwnersCount => Owners.Count;

    /// <summary>Writes a report's values, each with the writer at its column's place.</summary>
    /// <param name="owners">Room that is used again from report to report.</param>
    public static void Write(Report report, IReadOnlyList<ColumnWriter> writers, object?[] owners)
    {
        owners[0] = report;
        for (var i = 1; i < Owners.Count; i++)
            owners[i] = owners[Owners[i].Holder] is { } holder ? Owners[i].Read(holder) : null;
        for (var i = 0; i < All.Count; i++)
            All[i].Write(writers[i], owners[All[i].Owner]);
    }

    /// <summary>The statement that makes the table.</summary>
    public static string CreateTable { get; } =
        $"create table reports ({string.Join(", ", All.Select(Declare))}, document BIGINT not null)";

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

    /// <summary>
    /// Texts that hardly repeat are stored the way that suits them. Left to itself the database tries every way on each
    /// column of each row group, and comes to the same.
    /// </summary>
    private static string Declare(ReportColumn column) =>
        $"{Quote(column.Name)} {column.SqlType}{(column.IsVaried ? " using compression fsst" : "")}";

    private static IEnumerable<ReportColumn> Derive(Field field, int owner)
    {
        switch (field.Kind)
        {
            case FieldKind.Object:
                var here = Owners.Count;
                Owners.Add((owner, field.ReadObject));
                foreach (var column in field.Children.SelectMany(child => Derive(child, here)))
                    yield return column;
                // A group that can be null is null itself; its members cannot tell that from a null of their own.
                if (field.IsNullable)
                    yield return new(field.Path, "BOOLEAN", here, (row, o) => row.Write(o is null ? null : true));
                break;
            case FieldKind.List:
                foreach (var column in DeriveList(field, owner))
                    yield return column;
                break;
            case FieldKind.Json:
                yield return new(
                    field.Path,
                    "VARCHAR",
                    owner,
                    (row, o) => row.Write(o is null ? null : field.ReadJson(o)?.Text)
                )
                {
                    IsVaried = true,
                };
                var keys = Owners.Count;
                Owners.Add((owner, o => field.ReadJson(o)?.Strings(field.KnownKeys)));
                // Null, too, where the value is no text: then only the JSON itself knows it.
                for (var i = 0; i < field.KnownKeys.Count; i++)
                {
                    var place = i;
                    yield return new(
                        $"{field.Path}__{field.KnownKeys[i]}",
                        "VARCHAR",
                        keys,
                        (row, o) => row.Write(((string?[]?)o)?[place])
                    );
                }

                break;
            default:
                yield return Scalar(field, owner);
                if (field.IsSearched)
                {
                    yield return new(
                        field.Path + FoldedSuffix,
                        "VARCHAR",
                        owner,
                        (row, o) =>
                            row.Write(o is not null && field.ReadText(o) is { } text ? CaseFolding.Fold(text) : null)
                    )
                    {
                        IsVaried = true,
                    };
                }

                break;
        }
    }

    private static ReportColumn Scalar(Field field, int owner) =>
        field.Kind switch
        {
            FieldKind.Text => new(
                field.Path,
                "VARCHAR",
                owner,
                (row, o) => row.Write(o is null ? null : field.ReadText(o))
            )
            {
                IsVaried = field.IsSearched,
            },
            FieldKind.Boolean => new(
                field.Path,
                "BOOLEAN",
                owner,
                (row, o) => row.Write(o is null ? null : field.ReadBoolean(o))
            ),
            FieldKind.Integer => new(
                field.Path,
                "BIGINT",
                owner,
                (row, o) => row.Write(o is null ? null : field.ReadInteger(o))
            ),
            FieldKind.Decimal => new(
                field.Path,
                "DOUBLE",
                owner,
                (row, o) => row.Write(o is null ? null : (double?)field.ReadDecimal(o))
            ),
            _ => new(
                field.Path,
                "TIMESTAMP",
                owner,
                (row, o) => row.Write(o is null ? null : WholeSeconds(field.ReadInstant(o)))
            ),
        };

    /// <summary>What is shown is what is compared: an instant pasted from a report finds that report.</summary>
    private static DateTime? WholeSeconds(DateTimeOffset? instant) =>
        instant?.UtcDateTime is { } utc ? new DateTime(utc.Ticks - (utc.Ticks % TimeSpan.TicksPerSecond)) : null;

    private static IEnumerable<ReportColumn> DeriveList(Field list, int owner)
    {
        yield return new(
            list.Path,
            "VARCHAR",
            owner,
            (row, o) =>
            {
                if (list.ReadList(o!) is { Count: > 0 } elements)
                    row.Write(ReportJson.Render(list, elements));
                else
                    row.Write((string?)null);
            }
        )
        {
            IsVaried = true,
        };
        foreach (var leaf in Leaves(list).Where(leaf => leaf.IsCollected))
        {
            List<Field> steps = [];
            for (var step = leaf; step != list; step = step!.Parent)
                steps.Insert(0, step!);
            yield return new(
                leaf.Path,
                "VARCHAR[]",
                owner,
                (row, o) =>
                {
                    List<string>? values = null;
                    foreach (var element in list.ReadList(o!))
                        CollectFrom(steps, 0, element, ref values);
                    row.Write(values);
                }
            );
        }
    }

    private static IEnumerable<Field> Leaves(Field field) =>
        field.Children.Count == 0 ? [field] : field.Children.SelectMany(Leaves);

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
/// <param name="Owner">The place of what the value is read from.</param>
/// <param name="Write">Writes the value of an owner, or null without one.</param>
public sealed record ReportColumn(string Name, string SqlType, int Owner, Action<ColumnWriter, object?> Write)
{
    /// <summary>True for texts that hardly repeat from row to row.</summary>
    public bool IsVaried { get; init; }
}
