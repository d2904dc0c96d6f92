using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace UserReports.Store.Sql;

/// <summary>A piece of SQL together with the values in it, which never become a part of its text.</summary>
/// <remarks>
/// It is made of what stands in the source code (<see cref="Of"/>, <see cref="Constant"/>), of names and whole numbers
/// that are held to what they may be, and of values. There is no way for another text to become SQL. A piece that
/// stands in a statement twice brings its values once.
/// </remarks>
public sealed class SqlText
{
    /// <summary>Letters, digits and what paths and names of clusters have: nothing that could end a name in any
    /// dialect.</summary>
    private static readonly System.Buffers.SearchValues<char> NameCharacters = System.Buffers.SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_[]-."
    );

    /// <summary>Texts of SQL, and a <see cref="Parameter"/> for each value.</summary>
    private readonly object[] parts;

    internal SqlText(params object[] parts) => this.parts = parts;

    /// <summary>Nothing.</summary>
    public static SqlText Empty { get; } = new();

    /// <summary>A condition that every row meets.</summary>
    public static SqlText True { get; } = new("true");

    /// <summary>A condition that no row meets.</summary>
    public static SqlText False { get; } = new("false");

    /// <summary>An interpolated string, in whose holes stand other pieces, or values.</summary>
    public static SqlText Of(SqlTextHandler text) => text.ToSql();

    /// <summary>SQL that stands in the source code.</summary>
    public static SqlText Constant([ConstantExpected] string sql) => new(sql);

    /// <summary>One value.</summary>
    /// <param name="value">Of a kind that the engine takes, or that its dialect makes one of.</param>
    public static SqlText Value(object value) => new(new Parameter(value));

    /// <summary>Values with commas between them.</summary>
    public static SqlText Values<T>(IEnumerable<T> values)
        where T : notnull => Join(", ", values.Select(value => Value(value)));

    /// <summary>A whole number that is part of the text, as the bounds of a page are.</summary>
    public static SqlText Number(long number) => new(number.ToString(CultureInfo.InvariantCulture));

    /// <summary>The name of a column or a table, in quotes.</summary>
    /// <exception cref="ArgumentException">It has characters that no such name has.</exception>
    public static SqlText Name(string name) =>
        name.Length > 0 && !name.AsSpan().ContainsAnyExcept(NameCharacters)
            ? new($"\"{name}\"")
            : throw new ArgumentException($"'{name}' is no name of a column or a table.", nameof(name));

    /// <summary>A name of our own that is numbered: <c>k0</c>, <c>k1</c>.</summary>
    public static SqlText Numbered([ConstantExpected] string prefix, int number) =>
        new(prefix + number.ToString(CultureInfo.InvariantCulture));

    /// <summary>Pieces with something between them.</summary>
    public static SqlText Join([ConstantExpected] string separator, IEnumerable<SqlText> pieces)
    {
        List<object> parts = [];
        foreach (var piece in pieces)
        {
            if (parts.Count > 0)
                parts.Add(separator);
            parts.AddRange(piece.parts);
        }

        return new([.. parts]);
    }

    /// <summary>As a dialect's engine takes it, with values numbered in the order in which they stand.</summary>
    public SqlStatement ToStatement(Dialects.SqlDialect dialect)
    {
        var sql = new StringBuilder();
        List<object> values = [];
        Dictionary<Parameter, string> placeholders = new(ReferenceEqualityComparer.Instance);
        foreach (var part in parts)
        {
            if (part is not Parameter parameter)
            {
                sql.Append((string)part);
                continue;
            }

            if (!placeholders.TryGetValue(parameter, out var placeholder))
            {
                values.Add(dialect.ToParameter(parameter.Value));
                placeholders[parameter] = placeholder = dialect.Placeholder(values.Count, parameter.Value);
            }

            sql.Append(placeholder);
        }

        return new(sql.ToString(), values);
    }

    /// <summary>With its values in the place where they are bound: to be looked at, never to be run.</summary>
    public override string ToString() =>
        string.Concat(parts.Select(part => part is Parameter parameter ? $"«{parameter.Value}»" : part));

    internal void AddTo(List<object> others) => others.AddRange(parts);

    /// <summary>One value; the same one wherever its piece stands.</summary>
    internal sealed class Parameter(object value)
    {
        public object Value => value;
    }
}
