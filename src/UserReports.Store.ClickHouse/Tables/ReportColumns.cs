using System.IO.Hashing;
using System.Text;
using UserReports.Core.Query.Values;
using UserReports.Core.Reports;
using UserReports.Store.Sql;

namespace UserReports.Store.ClickHouse.Tables;

/// <summary>The columns of the table of reports, derived from the catalogue.</summary>
internal static class ReportColumns
{
    /// <summary>To be raised when stored columns or documents keep their names but change their meaning.</summary>
    private const string Meaning = "2";

    /// <summary>
    /// What columns are read from: the report itself, then what is within it, each with the place of what holds it.
    /// </summary>
    private static readonly List<(int Holder, Func<object, object?> Read)> Owners = [(0, report => report)];

    /// <summary>All columns but the first two, <see cref="ReportTables.Claim"/> and
    /// <see cref="ReportTables.Change"/>.</summary>
    public static readonly IReadOnlyList<ReportColumn> All =
    [
        new(ColumnNames.UserId, "Int64", 0, (to, report, _) => to.Write(((Report)report!).UserId)),
        Text(ColumnNames.OrganizationId, true, "String", 0, report => ((Report)report).OrganizationId),
        .. ReportCatalogue.Fields.SelectMany(field => Derive(field, 0)),
    ];

    /// <summary>Changes with every field of the catalogue and every column.</summary>
    public static int Layout { get; } =
        (int)
            XxHash32.HashToUInt32(
                Encoding.UTF8.GetBytes(
                    $"{Meaning}\n{string.Join('\n', All.Select(column => $"{column.Name} {column.Type}"))}\n"
                        + string.Join('\n', ReportCatalogue.All)
                )
            );

    /// <summary>Writes a report's values.</summary>
    public static void Write(Report report, RowBinaryWriter to, SearchForm form)
    {
        var owners = new object?[Owners.Count];
        owners[0] = report;
        for (var i = 1; i < owners.Length; i++)
            owners[i] = owners[Owners[i].Holder] is { } holder ? Owners[i].Read(holder) : null;
        foreach (var column in All)
            column.Write(to, owners[column.Owner], form);
    }

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
                    yield return Value<bool>(
                        ColumnNames.Of(field),
                        true,
                        "Bool",
                        here,
                        _ => true,
                        (to, value) => to.Write(value)
                    );
                break;
            case FieldKind.List:
                foreach (var column in DeriveList(field, owner))
                    yield return column;
                break;
            case FieldKind.Json:
                var members = Owners.Count;
                Owners.Add((owner, o => field.ReadJson(o)?.Take(field.KnownKeys)));
                yield return new(ColumnNames.Of(field), "Nullable(String)", members, WriteRest);
                // Null, too, where the value is no text: then only the rest knows it.
                for (var i = 0; i < field.KnownKeys.Count; i++)
                {
                    var place = i;
                    yield return Text(
                        ColumnNames.OfKey(field, field.KnownKeys[i]),
                        true,
                        "String",
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
                        field.IsNullable,
                        "String",
                        owner,
                        o => field.ReadText(o) is { } text ? CaseFolding.Fold(text) : null
                    );
                }

                break;
        }
    }

    private static void WriteRest(RowBinaryWriter to, object? owner, SearchForm form)
    {
        to.Write(owner is null);
        if (owner is JsonMembers { Rest: var rest })
            to.Write(form.Of(rest));
    }

    private static ReportColumn Scalar(Field field, int owner) =>
        field.Kind switch
        {
            FieldKind.Text => Text(
                ColumnNames.Of(field),
                field.IsNullable,
                field.KnownValues.Count > 0 ? "LowCardinality" : "String",
                owner,
                field.ReadText
            ),
            FieldKind.Boolean => Value(
                ColumnNames.Of(field),
                field.IsNullable,
                "Bool",
                owner,
                field.ReadBoolean,
                (to, value) => to.Write(value)
            ),
            FieldKind.Integer => Value(
                ColumnNames.Of(field),
                field.IsNullable,
                "Int64",
                owner,
                field.ReadInteger,
                (to, value) => to.Write(value)
            ),
            FieldKind.Decimal => Value(
                ColumnNames.Of(field),
                field.IsNullable,
                "Float64",
                owner,
                o => (double?)field.ReadDecimal(o),
                (to, value) => to.Write(value)
            ),
            // Microseconds since 1970: the server's own instants begin in 1900 and end in 2299.
            _ => Value<long>(
                ColumnNames.Of(field),
                field.IsNullable,
                "Int64",
                owner,
                o => field.ReadInstant(o) is { } instant ? SearchForm.Microseconds(instant, field.InstantFormat) : null,
                (to, value) => to.Write(value)
            ),
        };

    private static ReportColumn Text(
        string name,
        bool isNullable,
        string type,
        int owner,
        Func<object, string?> read
    ) =>
        new(
            name,
            (type, isNullable) switch
            {
                ("LowCardinality", true) => "LowCardinality(Nullable(String))",
                ("LowCardinality", false) => "LowCardinality(String)",
                (_, true) => "Nullable(String)",
                _ => "String",
            },
            owner,
            (to, o, _) =>
            {
                var text = o is null ? null : read(o);
                if (isNullable)
                    to.Write(text is null);
                if (text is not null || !isNullable)
                    to.Write(text ?? "");
            }
        );

    private static ReportColumn Value<T>(
        string name,
        bool isNullable,
        string type,
        int owner,
        Func<object, T?> read,
        Action<RowBinaryWriter, T> write
    )
        where T : struct =>
        new(
            name,
            isNullable ? $"Nullable({type})" : type,
            owner,
            (to, o, _) =>
            {
                var value = o is null ? null : read(o);
                if (isNullable)
                    to.Write(value is null);
                if (value is not null || !isNullable)
                    write(to, value ?? default);
            }
        );

    private static IEnumerable<ReportColumn> DeriveList(Field list, int owner)
    {
        yield return new(
            ColumnNames.Of(list),
            "String",
            owner,
            (to, o, form) =>
            {
                if (o is not null && list.ReadList(o) is { Count: > 0 } elements)
                    to.Write(form.Of(list, elements));
                else
                    to.Write([]);
            }
        );
        foreach (var leaf in Leaves(list).Where(leaf => leaf.IsCollected))
        {
            List<Field> steps = [];
            for (var step = leaf; step != list; step = step!.Parent)
                steps.Insert(0, step!);
            yield return new(
                ColumnNames.Of(leaf),
                "Array(String)",
                owner,
                (to, o, _) =>
                {
                    List<string> values = [];
                    foreach (var element in o is null ? [] : list.ReadList(o))
                        CollectFrom(steps, 0, element, values);
                    to.WriteLength(values.Count);
                    foreach (var value in values)
                        to.Write(value);
                }
            );
        }
    }

    private static IEnumerable<Field> Leaves(Field field) =>
        field.Children.Count == 0 ? [field] : field.Children.SelectMany(Leaves);

    private static void CollectFrom(List<Field> steps, int at, object? owner, List<string> values)
    {
        if (owner is null)
            return;
        var step = steps[at];
        if (step.Kind == FieldKind.Object)
        {
            CollectFrom(steps, at + 1, step.ReadObject(owner), values);
        }
        else if (step.Kind == FieldKind.List)
        {
            foreach (var element in step.ReadList(owner))
                CollectFrom(steps, at + 1, element, values);
        }
        else if (step.ReadText(owner) is { } text)
        {
            values.Add(text);
        }
    }
}

/// <summary>One column of the table of reports.</summary>
/// <param name="Type">As the server names it.</param>
/// <param name="Owner">The place of what the value is read from.</param>
/// <param name="Write">Writes the value of an owner, or null without one.</param>
internal sealed record ReportColumn(string Name, string Type, int Owner, WriteColumn Write);

/// <summary>Writes a value of one row.</summary>
internal delegate void WriteColumn(RowBinaryWriter to, object? owner, SearchForm form);
