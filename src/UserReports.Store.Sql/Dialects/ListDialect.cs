using UserReports.Core.Query;
using UserReports.Core.Reports;

namespace UserReports.Store.Sql.Dialects;

/// <summary>
/// What a dialect says of lists: those of the catalogue, and those within free-form JSON. Engines differ most in these,
/// so whole conditions are theirs to write.
/// </summary>
public abstract class ListDialect
{
    /// <summary>
    /// The field whose stored value alone decides a condition, groups included, so that it is looked at once; null if
    /// there is none, or the engine is not better off that way.
    /// </summary>
    public virtual Field? DeciderOf(Condition condition) => null;

    /// <summary>A condition that one field decides.</summary>
    /// <param name="decider">What <see cref="DeciderOf"/> gave.</param>
    public virtual SqlText Decided(Condition condition, Field decider) =>
        throw new NotSupportedException("This dialect decides no condition by one field.");

    /// <summary>A comparison below a list that no field decides.</summary>
    public abstract SqlText Compare(Condition.Comparison comparison);

    /// <summary>The list has no element.</summary>
    public abstract SqlText IsEmpty(SqlText list);

    /// <summary>The value of one element, to order by.</summary>
    /// <param name="path">With a number for each list on the way.</param>
    public abstract SqlText ElementAt(FieldPath path);

    /// <summary>Makes of each row one for every different value of a list of values; one, of null, if it has
    /// none.</summary>
    public abstract SqlText RowPerValue(SqlText values);

    /// <summary>The JSON that a path below a list leads to, to be compared with that of another moment: of any element
    /// a list of all values, without nulls.</summary>
    public virtual SqlText JsonAt(FieldPath path) =>
        throw new NotSupportedException("This dialect compares no lists of two moments.");

    /// <summary>A list of the catalogue as JSON; null if it has no element.</summary>
    public virtual SqlText JsonOf(SqlText list) =>
        throw new NotSupportedException("This dialect compares no lists of two moments.");
}
