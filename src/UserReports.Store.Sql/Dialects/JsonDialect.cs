using UserReports.Core.Query;
using UserReports.Core.Query.Values;

namespace UserReports.Store.Sql.Dialects;

/// <summary>What a dialect says of free-form JSON. Keys are any texts; one may be a place in a list.</summary>
public abstract class JsonDialect
{
    /// <summary>The text of the value below some keys; of a number its digits; null if there is none.</summary>
    public abstract SqlText TextAt(SqlText json, IReadOnlyList<string> keys);

    /// <summary>The value below some keys is null or missing, or is not.</summary>
    public abstract SqlText IsNullAt(SqlText json, IReadOnlyList<string> keys, bool expected);

    /// <summary>The value below some keys is text.</summary>
    public abstract SqlText IsTextAt(SqlText json, IReadOnlyList<string> keys);

    /// <summary>The value below some keys is true or false.</summary>
    public abstract SqlText IsBooleanAt(SqlText json, IReadOnlyList<string> keys);

    /// <summary>The value at a comparison's path is a number and compares as asked, to the last digit.</summary>
    /// <param name="text">The value's digits.</param>
    /// <param name="values">Those of the comparison that are numbers; at least one.</param>
    public abstract SqlText NumberCompares(
        Condition.Comparison comparison,
        SqlText text,
        IReadOnlyList<ExactNumber> values
    );

    /// <summary>The JSON of the value below some keys; null if that is null or missing.</summary>
    public virtual SqlText ValueAt(SqlText json, IReadOnlyList<string> keys) =>
        throw new NotSupportedException("This dialect compares no free-form JSON of two moments.");
}
