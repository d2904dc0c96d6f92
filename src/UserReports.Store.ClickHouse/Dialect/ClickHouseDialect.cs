using System.Globalization;
using System.Text;
using UserReports.Store.Sql;
using UserReports.Store.Sql.Dialects;

namespace UserReports.Store.ClickHouse.Dialect;

/// <summary>ClickHouse's SQL. Values are bound by the server, each with its type.</summary>
/// <remarks>It needs the settings of <see cref="Servers.QuerySettings"/>, which make it answer as SQL says.</remarks>
public sealed class ClickHouseDialect : SqlDialect
{
    private ClickHouseDialect(SqlText table, SqlText? isReport) => (Table, IsReport) = (table, isReport);

    /// <inheritdoc/>
    public override SqlText Table { get; }

    /// <inheritdoc/>
    public override SqlText? IsReport { get; }

    /// <inheritdoc/>
    /// <remarks>The change that brought the row, and where in the table of documents to look.</remarks>
    public override SqlText Address { get; } = SqlText.Constant("change, username");

    /// <inheritdoc/>
    public override SqlText RowName { get; } =
        SqlText.Constant("concat(toString(user_id), '-', ifNull(organization_id, 'orgnone'))");

    /// <inheritdoc/>
    public override TextDialect Text { get; } = new ClickHouseTexts();

    /// <inheritdoc/>
    public override InstantDialect Instants { get; } = new ClickHouseInstants();

    /// <inheritdoc/>
    public override JsonDialect Json { get; } = new ClickHouseJson();

    /// <inheritdoc/>
    public override ListDialect Lists { get; } = new ClickHouseLists();

    /// <inheritdoc/>
    public override FigureDialect Figures { get; } = new ClickHouseFigures();

    /// <summary>Of some table.</summary>
    /// <param name="isReport">What its rows have to meet to be reports; null if all are.</param>
    public static ClickHouseDialect Of(SqlText table, SqlText? isReport = null) => new(table, isReport);

    /// <inheritdoc/>
    public override string Placeholder(int number, object value) =>
        string.Create(CultureInfo.InvariantCulture, $"{{p{number}:{TypeOf(value)}}}");

    /// <summary>Instants are numbers; a text is one that UTF-8 has.</summary>
    public override object ToParameter(object value) =>
        value switch
        {
            DateTimeOffset instant => (instant.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond,
            string text => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)),
            _ => value,
        };

    /// <inheritdoc/>
    public override SqlText IsNotTrue(SqlText condition) => SqlText.Of($"(not ifNull({condition}, false))");

    /// <inheritdoc/>
    public override SqlText IsSame(SqlText one, SqlText other) => SqlText.Of($"isNotDistinctFrom({one}, {other})");

    /// <inheritdoc/>
    public override SqlText SomeRows(int rows) => SqlText.Of($"order by rand() limit {SqlText.Number(rows)}");

    /// <summary>The type of a value, as the server names it.</summary>
    internal static string TypeOf(object value) =>
        value switch
        {
            string => "String",
            bool => "Bool",
            long or int or DateTimeOffset => "Int64",
            double => "Float64",
            IReadOnlyList<string> => "Array(String)",
            IReadOnlyList<long> => "Array(Int64)",
            _ => throw new NotSupportedException($"No parameter of {value.GetType().Name}."),
        };
}
