using System.IO.Hashing;
using System.Text;
using UserReports.Core.Documents;
using UserReports.Core.Query.Values;
using UserReports.Core.Reports;
using UserReports.Store.Sql;

namespace UserReports.Store.DuckDb.Native;

/// <summary>
/// The columns of the table <c>reports</c>, derived from the catalogue: what a report is filtered and ordered by. What
/// it is answered with is its document, which stands in a file of its own (<see cref="Documents.DocumentFile"/>).
/// </summary>
internal static class ReportColumns
{
    /// <summary>To be raised when stored columns or documents keep their names but change their meaning.</summary>
    private const string Meaning = "5";

    /// <summary>
    /// What columns are read from: the report itself, then what is within it, each with the place of what holds it. It
    /// is read once for a report and not once for each of its columns.
    /// </summary>
    private static readonly List<(int Holder, Func<object, object?> Read)> Owners = [(0, report => report)];

    /// <summary>All columns, in the order of the table.</summary>
    public static readonly IReadOnlyList<ReportColumn> All =
    [
        new(ColumnNames.UserId, "BIGINT", 0, Values<long>(report => ((Report)report).UserId)),
        Text(ColumnNames.OrganizationId, 0, report => ((Report)report).OrganizationId),
        .. ReportCatalogue.Fields.SelectMany(field => Derive(field, 0)),
    ];

    /// <summary>Writes reports' values, each with the writer at its column's place.</summary>
    /// <param name="json">Renders the lists, and keeps them for the reports' documents.</param>
    internal static void Write(ReadOnlySpan<Report> reports, IReadOnlyList<ColumnWriter> writers, ReportJson json)
    {
        // One column after the other: what reads and writes a column's values then stays where it is quick to reach.
        var owners = new object?[Owners.Count][];
        for (var i = 0; i < owners.Length; i++)
        {
            var (holder, read) = Owners[i];
            var own = owners[i] = new object?[reports.Length];
            for (var row = 0; row < own.Length; row++)
                own[row] =
                    i == 0 ? reports[row]
                    : owners[holder][row] is { } within ? read(within)
                    : null;
        }

        for (var i = 0; i < All.Count; i++)
            All[i].Write(writers[i], owners[All[i].Owner], json);
    }

    /// <summary>The statement that makes a table of these columns.</summary>
    public static string CreateTable(string name) =>
        $"create table {name} ({string.Join(", ", All.Select(Declare))}, document BIGINT not null)";

    /// <summary>
    /// Changes with every field of the catalogue and every column, so that a store of another layout is rebuilt, not
    /// misread.
    /// </summary>
    public static int LayoutVersion { get; } =
        (int)
            XxHash32.HashToUInt32(
                Encoding.UTF8.GetBytes($"{Meaning}\n{CreateTable("reports")}\n{string.Join('\n', ReportCatalogue.All)}")
            );

    /// <summary>A column name as SQL.</summary>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Declare(ReportColumn column) =>
        $"{Quote(column.Name)} {column.SqlType}{(column.Compression is { } way ? $" using compression {way}" : "")}";

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
                    yield return new(ColumnNames.Of(field), "BOOLEAN", here, Values<bool>(_ => true));
                break;
            case FieldKind.List:
                foreach (var column in DeriveList(field, owner))
                    yield return column;
                break;
            case FieldKind.Json:
                var members = Owners.Count;
                Owners.Add((owner, o => field.ReadJson(o)?.Take(field.KnownKeys)));
                yield return new(
                    ColumnNames.Of(field),
                    "VARCHAR",
                    members,
                    (column, owners, _) =>
                    {
                        foreach (var o in owners)
                        {
                            if (o is JsonMembers { Rest: var rest })
                                column.Write(rest.Utf8);
                            else
                                column.WriteNullText();
                        }
                    }
                )
                {
                    Compression = TextCompression.Of(ColumnNames.Of(field)),
                };
                // Null, too, where the value is no text: then only the rest knows it.
                for (var i = 0; i < field.KnownKeys.Count; i++)
                {
                    var place = i;
                    yield return Text(
                        ColumnNames.OfKey(field, field.KnownKeys[i]),
                        members,
                        o => ((JsonMembers)o).Texts[place]
                    );
                }

                break;
            default:
                yield return Scalar(field, owner);
                if (field.IsSearched)
                {
                    yield return Text(
                        ColumnNames.OfFolded(field),
                        owner,
                        o => field.ReadText(o) is { } text ? CaseFolding.Fold(text) : null
                    );
                }

                break;
        }
    }

    private static ReportColumn Scalar(Field field, int owner) =>
        field.Kind switch
        {
            FieldKind.Text => Text(ColumnNames.Of(field), owner, field.ReadText),
            FieldKind.Boolean => new(ColumnNames.Of(field), "BOOLEAN", owner, Values(field.ReadBoolean)),
            FieldKind.Integer => new(ColumnNames.Of(field), "BIGINT", owner, Values(field.ReadInteger)),
            FieldKind.Decimal => new(
                ColumnNames.Of(field),
                "DOUBLE",
                owner,
                Values(o => (double?)field.ReadDecimal(o))
            ),
            _ => new(
                ColumnNames.Of(field),
                "TIMESTAMP",
                owner,
                Values(o => AsShown(field.ReadInstant(o), field.InstantFormat))
            ),
        };

    private static ReportColumn Text(string name, int owner, Func<object, string?> read) =>
        new(name, "VARCHAR", owner, (column, owners, _) => column.Write(owners, read))
        {
            Compression = TextCompression.Of(name),
        };

    private static WriteColumn Values<T>(Func<object, T?> read)
        where T : unmanaged => (column, owners, _) => column.Write(owners, read);

    /// <summary>
    /// Microseconds since 1970, as the database counts, but whole seconds where those are shown: what is shown is what
    /// is compared, and an instant pasted from a report finds that report.
    /// </summary>
    private static long? AsShown(DateTimeOffset? instant, InstantFormat format)
    {
        if (instant?.UtcDateTime.Ticks is not { } ticks)
            return null;
        var shown = format == InstantFormat.Zulu ? TimeSpan.TicksPerSecond : TimeSpan.TicksPerMicrosecond;
        return (ticks - (ticks % shown) - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
    }

    private static IEnumerable<ReportColumn> DeriveList(Field list, int owner)
    {
        yield return new(
            ColumnNames.Of(list),
            "BLOB",
            owner,
            (column, owners, json) =>
            {
                foreach (var o in owners)
                {
                    if (o is not null && list.ReadList(o) is { Count: > 0 } elements)
                        column.Write(json.Render(list, elements));
                    else
                        column.WriteNullText();
                }
            }
        )
        {
            Compression = TextCompression.Unpacked,
        };
        foreach (var leaf in Leaves(list).Where(leaf => leaf.IsCollected))
        {
            List<Field> steps = [];
            for (var step = leaf; step != list; step = step!.Parent)
                steps.Insert(0, step!);
            yield return new(
                ColumnNames.Of(leaf),
                "VARCHAR[]",
                owner,
                (column, owners, _) =>
                {
                    foreach (var o in owners)
                    {
                        List<string>? values = null;
                        var elements = o is null ? [] : list.ReadList(o);
                        for (var i = 0; i < elements.Count; i++)
                            CollectFrom(steps, 0, elements[i], ref values);
                        column.Write(values);
                    }
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
/// <param name="Write">Writes the values of owners, or null without one.</param>
internal sealed record ReportColumn(string Name, string SqlType, int Owner, WriteColumn Write)
{
    /// <summary>
    /// The way in which the database is to store the column. Null leaves it to the database, which tries every way on
    /// each row group: that is dear for texts, cheap for numbers.
    /// </summary>
    public string? Compression { get; init; }
}

/// <summary>Writes the values of some rows in a column.</summary>
/// <param name="owners">What the values are read from, row after row; null where there is none.</param>
/// <param name="json">Renders the lists.</param>
internal delegate void WriteColumn(ColumnWriter column, ReadOnlySpan<object?> owners, ReportJson json);
