using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace UserReports.Store.Sql;

/// <summary>
/// Takes an interpolated string apart: its own text is SQL, and what stands in its holes is another piece or a value.
/// </summary>
/// <remarks>A string in a hole is a value, too. What is no kind of value does not compile.</remarks>
[InterpolatedStringHandler]
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly ref struct SqlTextHandler
{
    private readonly List<object> parts;

    /// <summary>Called by the compiler.</summary>
    public SqlTextHandler(int literalLength, int formattedCount) => parts = new(formattedCount * 2 + 1);

    /// <summary>Called by the compiler, with text of the source code.</summary>
    public void AppendLiteral(string text) => parts.Add(text);

    /// <summary>Another piece.</summary>
    public void AppendFormatted(SqlText piece) => piece.AddTo(parts);

    /// <summary>A value.</summary>
    public void AppendFormatted(string value) => Add(value);

    /// <inheritdoc cref="AppendFormatted(string)"/>
    public void AppendFormatted(long value) => Add(value);

    /// <inheritdoc cref="AppendFormatted(string)"/>
    public void AppendFormatted(double value) => Add(value);

    /// <inheritdoc cref="AppendFormatted(string)"/>
    public void AppendFormatted(bool value) => Add(value);

    /// <inheritdoc cref="AppendFormatted(string)"/>
    public void AppendFormatted(DateTimeOffset value) => Add(value);

    internal SqlText ToSql() => new([.. parts]);

    private void Add(object value) => parts.Add(new SqlText.Parameter(value));
}
