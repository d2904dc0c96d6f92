namespace UserReports.Store.Sql;

/// <summary>A statement as an engine takes it.</summary>
/// <param name="Text">SQL, in which placeholders stand for values.</param>
/// <param name="Values">Those values, in the order of their numbers.</param>
public sealed record SqlStatement(string Text, IReadOnlyList<object> Values);
