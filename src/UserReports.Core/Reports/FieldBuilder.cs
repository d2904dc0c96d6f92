using System.Globalization;

namespace UserReports.Core.Reports;

/// <summary>Declares fields that are read from a <typeparamref name="T"/>.</summary>
public sealed class FieldBuilder<T>
    where T : class
{
    private static readonly IReadOnlyList<Field> NoChildren = [];

    /// <summary>Text that is never null; see <see cref="FieldOptions"/> for what can be added.</summary>
    public Field Text(string name, Func<T, string?> read, string description) =>
        new(name, FieldKind.Text, description, read, NoChildren);

    /// <summary>True or false.</summary>
    public Field Boolean(string name, Func<T, bool?> read, string description) =>
        new(name, FieldKind.Boolean, description, read, NoChildren);

    /// <summary>A whole number.</summary>
    public Field Integer(string name, Func<T, long?> read, string description) =>
        new(name, FieldKind.Integer, description, read, NoChildren);

    /// <summary>A decimal number.</summary>
    public Field Decimal(string name, Func<T, decimal?> read, string description) =>
        new(name, FieldKind.Decimal, description, read, NoChildren);

    /// <summary>An instant.</summary>
    public Field Instant(string name, Func<T, DateTimeOffset?> read, string description) =>
        new(name, FieldKind.Instant, description, read, NoChildren);

    /// <summary>JSON of any shape.</summary>
    public Field Json(string name, Func<T, JsonText?> read, string description) =>
        new(name, FieldKind.Json, description, read, NoChildren);

    /// <summary>A group of fields that are read from what <paramref name="read"/> returns.</summary>
    public Field Object<TChild>(
        string name,
        Func<T, TChild?> read,
        string description,
        Func<FieldBuilder<TChild>, IReadOnlyList<Field>> children
    )
        where TChild : class => new(name, FieldKind.Object, description, read, children(new()));

    /// <summary>
    /// So many whole numbers in an order that means something: one JSON list, of which each place is a field of its
    /// own, called by its number.
    /// </summary>
    public Field Series(
        string name,
        Func<T, IReadOnlyList<long>> read,
        int length,
        string description,
        Func<int, string> describe
    ) =>
        new(
            name,
            FieldKind.Object,
            description,
            read,
            [
                .. Enumerable
                    .Range(0, length)
                    .Select(place =>
                        new FieldBuilder<IReadOnlyList<long>>().Integer(
                            place.ToString(CultureInfo.InvariantCulture),
                            numbers => numbers[place],
                            describe(place)
                        )
                    ),
            ]
        )
        {
            IsSeries = true,
        };

    /// <summary>A list whose elements have the fields <paramref name="children"/>.</summary>
    public Field List<TChild>(
        string name,
        Func<T, IReadOnlyList<TChild>> read,
        string description,
        Func<FieldBuilder<TChild>, IReadOnlyList<Field>> children
    )
        where TChild : class => new(name, FieldKind.List, description, read, children(new()));
}

/// <summary>What can be added to the declaration of a field.</summary>
public static class FieldOptions
{
    /// <summary>The value may be null.</summary>
    public static Field Nullable(this Field field)
    {
        field.IsNullableWithinParent = true;
        return field;
    }

    /// <inheritdoc cref="Field.IsSearched"/>
    public static Field Searched(this Field field)
    {
        field.IsSearched = true;
        return field;
    }

    /// <inheritdoc cref="Field.IsCollected"/>
    public static Field Collected(this Field field)
    {
        field.IsCollected = true;
        return field;
    }

    /// <inheritdoc cref="PersonalKind.Identity"/>
    public static Field Identifies(this Field field)
    {
        field.Personal = PersonalKind.Identity;
        return field;
    }

    /// <inheritdoc cref="PersonalKind.Detail"/>
    public static Field Describes(this Field field)
    {
        field.Personal = PersonalKind.Detail;
        return field;
    }

    /// <inheritdoc cref="Field.KnownKeys"/>
    public static Field WithKnownKeys(this Field field, params IReadOnlyList<string> keys)
    {
        field.KnownKeys = keys;
        return field;
    }

    /// <summary>Text that is always one of these.</summary>
    public static Field OneOf(this Field field, params IReadOnlyList<string> values)
    {
        field.KnownValues = values;
        field.IsClosed = true;
        return field;
    }

    /// <summary>Text that mostly is one of these.</summary>
    public static Field Usually(this Field field, params IReadOnlyList<string> values)
    {
        field.KnownValues = values;
        return field;
    }

    /// <summary>Every instant in a group or list is written as <see cref="InstantFormat.Offset"/>.</summary>
    public static Field WithOffsets(this Field field)
    {
        if (field.Kind == FieldKind.Instant)
            field.InstantFormat = InstantFormat.Offset;
        foreach (var child in field.Children)
            child.WithOffsets();
        return field;
    }
}
