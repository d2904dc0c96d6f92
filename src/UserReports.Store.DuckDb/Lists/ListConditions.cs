using System.Collections.Concurrent;

namespace UserReports.Store.DuckDb.Lists;

/// <summary>
/// The conditions of lists that statements of one database are deciding. A statement can carry only plain values, so it
/// carries the number under which its condition is registered from before it runs until it has ended.
/// </summary>
public sealed class ListConditions
{
    private readonly ConcurrentDictionary<long, ListPredicate> registered = [];
    private long last;

    /// <summary>How many are registered now.</summary>
    public int Count => registered.Count;

    /// <summary>Registers the conditions among a statement's values, until the result is disposed of.</summary>
    internal Registration Register(IReadOnlyList<object> values)
    {
        List<long>? numbers = null;
        var plain = values.ToArray();
        for (var i = 0; i < plain.Length; i++)
        {
            if (plain[i] is not ListPredicate predicate)
                continue;
            var number = Interlocked.Increment(ref last);
            registered[number] = predicate;
            plain[i] = number;
            (numbers ??= []).Add(number);
        }

        return new(this, plain, numbers ?? []);
    }

    /// <exception cref="InvalidOperationException">The statement's conditions are not registered.</exception>
    internal ListPredicate Find(long number) =>
        registered.TryGetValue(number, out var predicate)
            ? predicate
            : throw new InvalidOperationException($"There is no condition {number} of a list.");

    /// <summary>A statement's values as the database takes them.</summary>
    internal sealed class Registration(ListConditions owner, object[] values, List<long> numbers) : IDisposable
    {
        public IReadOnlyList<object> Values => values;

        public void Dispose()
        {
            foreach (var number in numbers)
                owner.registered.TryRemove(number, out _);
        }
    }
}
