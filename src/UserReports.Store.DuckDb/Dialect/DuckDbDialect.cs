using System.Globalization;
using UserReports.Store.Sql;
using UserReports.Store.Sql.Dialects;

namespace UserReports.Store.DuckDb.Dialect;

/// <summary>DuckDB's SQL, with the functions of <see cref="Lists.StoreFunctions"/>.</summary>
public sealed class DuckDbDialect : SqlDialect
{
    private DuckDbDialect(SqlText table) => (Table, Lists) = (table, new DuckDbLists(table));

    /// <summary>Of the rows that the last completed run wrote, whatever was replaced since.</summary>
    public static DuckDbDialect Base { get; } = new(SqlText.Constant("reports"));

    /// <summary>Of the rows that changed since.</summary>
    public static DuckDbDialect Changed { get; } = new(SqlText.Constant("changed_reports"));

    /// <summary>Of all rows as they are now.</summary>
    public static DuckDbDialect Live { get; } = new(SqlText.Constant("live_reports"));

    /// <inheritdoc/>
    public override SqlText Table { get; }

    /// <inheritdoc/>
    public override SqlText Address { get; } = SqlText.Constant("document");

    /// <inheritdoc/>
    public override SqlText RowName { get; } =
        SqlText.Constant("(user_id::varchar || '-' || coalesce(organization_id, 'orgnone'))");

    /// <inheritdoc/>
    public override TextDialect Text { get; } = new DuckDbTexts();

    /// <inheritdoc/>
    public override InstantDialect Instants { get; } = new DuckDbInstants();

    /// <inheritdoc/>
    public override JsonDialect Json { get; } = new DuckDbJson();

    /// <inheritdoc/>
    public override ListDialect Lists { get; }

    /// <inheritdoc/>
    public override FigureDialect Figures { get; } = new DuckDbFigures();

    /// <summary>Of some rows.</summary>
    internal static DuckDbDialect Of(SqlText rows) => new(rows);

    /// <inheritdoc/>
    public override string Placeholder(int number, object value) => "$" + number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The store's timestamps are UTC without a zone.</summary>
    public override object ToParameter(object value) =>
        value is DateTimeOffset instant ? DateTime.SpecifyKind(instant.UtcDateTime, DateTimeKind.Unspecified) : value;

    /// <inheritdoc/>
    public override SqlText IsNotTrue(SqlText condition) => SqlText.Of($"({condition}) is not true");

    /// <inheritdoc/>
    public override SqlText IsSame(SqlText one, SqlText other) => SqlText.Of($"{one} is not distinct from {other}");

    /// <inheritdoc/>
    public override SqlText SomeRows(int rows) => SqlText.Of($"using sample reservoir({SqlText.Number(rows)} rows)");
}
