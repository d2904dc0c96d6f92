using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace UserReports.Core.Reports;

/// <summary>What a field holds; decides its JSON, its column, its lookups and how it is ordered.</summary>
public enum FieldKind
{
    /// <summary>Text.</summary>
    Text,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A 64-bit whole number.</summary>
    Integer,

    /// <summary>A decimal number.</summary>
    Decimal,

    /// <summary>An instant, UTC.</summary>
    Instant,

    /// <summary>JSON of any shape, whose keys can be filtered too.</summary>
    Json,

    /// <summary>A group of fields.</summary>
    Object,

    /// <summary>A list of groups of fields.</summary>
    List,
}

/// <summary>What a field tells of a person; decides what becomes of it where names are concealed.</summary>
public enum PersonalKind
{
    /// <summary>Nothing that names or describes anybody.</summary>
    None,

    /// <summary>Who it is: whoever knows the whole value may ask for it, even where it is concealed.</summary>
    Identity,

    /// <summary>What somebody is called or says: too easily guessed to be asked for where it is concealed.</summary>
    Detail,
}

/// <summary>How an instant is written in JSON.</summary>
public enum InstantFormat
{
    /// <summary><c>2025-10-16T13:57:00Z</c>: whole seconds.</summary>
    Zulu,

    /// <summary><c>2026-11-01T00:00:00+00:00</c>, with as many digits of microseconds as there are.</summary>
    Offset,
}

/// <summary>
/// The one declaration of a field of the report. JSON, storage columns, filters, ordering, CSV headers, OpenAPI and the
/// explorer's columns are all derived from it. It says what a field means; how it is stored is the engine's business.
/// </summary>
public sealed class Field
{
    private readonly Delegate read;
    private readonly Type ownerType;

    internal Field(string name, FieldKind kind, string description, Delegate read, IReadOnlyList<Field> children)
    {
        Name = name;
        Kind = kind;
        Description = description;
        Children = children;
        this.read = read;
        ownerType = read.GetType().GetGenericArguments()[0];
        foreach (var child in children)
            child.Parent = this;
    }

    /// <summary>The key in JSON, unique among its siblings.</summary>
    public string Name { get; }

    /// <inheritdoc cref="FieldKind"/>
    public FieldKind Kind { get; }

    /// <summary>
    /// What the field means, as shown in the fields route, OpenAPI and the explorer; ends with a full stop.
    /// </summary>
    public string Description { get; }

    /// <summary>The fields of an object or of a list's elements, in the report's order; otherwise empty.</summary>
    public IReadOnlyList<Field> Children { get; }

    /// <summary>The object or list that holds the field, or null at the top.</summary>
    public Field? Parent { get; private set; }

    /// <summary>
    /// True if the value may be null (for a member of a nullable object, even if it never is null within it).
    /// </summary>
    public bool IsNullable => IsNullableWithinParent || Parent is { Kind: FieldKind.Object, IsNullable: true };

    /// <summary>True if the value may be null where the object that holds it is not.</summary>
    public bool IsNullableWithinParent { get; internal set; }

    /// <summary>True for text that people search in, whatever the case.</summary>
    public bool IsSearched { get; internal set; }

    /// <summary>
    /// True for a scalar below a list that people filter and group by, whichever element it is of: all its values in a
    /// row are taken as one set.
    /// </summary>
    public bool IsCollected { get; internal set; }

    /// <summary>Keys of free-form JSON that platforms really use, and people ask for.</summary>
    public IReadOnlyList<string> KnownKeys { get; internal set; } = [];

    /// <summary>The values of text that are known beforehand, the most usual first; empty where any text may
    /// be.</summary>
    public IReadOnlyList<string> KnownValues { get; internal set; } = [];

    /// <summary>True if <see cref="KnownValues"/> are all that there are.</summary>
    public bool IsClosed { get; internal set; }

    /// <summary>
    /// True for numbers in an order that means something: an object within, whose members are called by their places,
    /// and a list in JSON. Nothing is ordered by its members.
    /// </summary>
    public bool IsSeries { get; internal init; }

    /// <summary>True for a member of a series.</summary>
    public bool IsInSeries => Parent is { IsSeries: true };

    /// <inheritdoc cref="PersonalKind"/>
    public PersonalKind Personal { get; internal set; }

    /// <inheritdoc cref="Reports.InstantFormat"/>
    public InstantFormat InstantFormat { get; internal set; }

    /// <summary>True if a list holds the field, at any height.</summary>
    public bool IsBelowList => Parent is not null && (Parent.Kind == FieldKind.List || Parent.IsBelowList);

    /// <summary>True for a single value: neither object, list nor free-form JSON.</summary>
    public bool IsScalar => Kind is not (FieldKind.Object or FieldKind.List or FieldKind.Json);

    /// <summary>The path that clients write: segments joined by <c>__</c>, lists marked by <c>[]</c>.</summary>
    public string Path => (Parent is null ? Name : $"{Parent.Path}__{Name}") + (Kind == FieldKind.List ? "[]" : "");

    /// <summary>The text of <paramref name="owner"/>; null only if <see cref="IsNullable"/>.</summary>
    /// <param name="owner">What <see cref="Parent"/> gave, or a report.</param>
    public string? ReadText(object owner) => Read<string?>(FieldKind.Text, owner);

    /// <inheritdoc cref="ReadText"/>
    public bool? ReadBoolean(object owner) => Read<bool?>(FieldKind.Boolean, owner);

    /// <inheritdoc cref="ReadText"/>
    public long? ReadInteger(object owner) => Read<long?>(FieldKind.Integer, owner);

    /// <inheritdoc cref="ReadText"/>
    public decimal? ReadDecimal(object owner) => Read<decimal?>(FieldKind.Decimal, owner);

    /// <inheritdoc cref="ReadText"/>
    public DateTimeOffset? ReadInstant(object owner) => Read<DateTimeOffset?>(FieldKind.Instant, owner);

    /// <inheritdoc cref="ReadText"/>
    public JsonText? ReadJson(object owner) => Read<JsonText?>(FieldKind.Json, owner);

    /// <summary>What the children of an object are read from; null if the object is null.</summary>
    public object? ReadObject(object owner) => Read<object?>(FieldKind.Object, owner);

    /// <summary>The elements of a list, in order; never null.</summary>
    public IReadOnlyList<object> ReadList(object owner) => Read<IReadOnlyList<object>>(FieldKind.List, owner);

    /// <inheritdoc/>
    public override string ToString() => $"{Path}: {Kind}";

    /// <summary>
    /// Calls what the field was declared with, which takes a narrower type than an object. A run does so some hundred
    /// times for each report, and a checked cast there takes longer than the call.
    /// </summary>
    private T Read<T>(FieldKind kind, object owner)
    {
        Debug.Assert(kind == Kind && ownerType.IsInstanceOfType(owner));
        return Unsafe.As<Func<object, T>>(read)(owner);
    }
}
