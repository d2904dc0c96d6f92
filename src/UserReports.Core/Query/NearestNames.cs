namespace UserReports.Core.Query;

/// <summary>Finds what somebody probably meant.</summary>
public static class NearestNames
{
    private const int Most = 3;

    /// <summary>At most three of the candidates, the closest first; none that is wholly different.</summary>
    public static IReadOnlyList<string> Of(string name, IEnumerable<string> candidates)
    {
        var wanted = name.ToLowerInvariant();
        var farthest = Math.Max(2, wanted.Length / 3);
        return
        [
            .. candidates
                .Where(candidate =>
                    Math.Abs(candidate.Length - wanted.Length) <= farthest
                    || candidate.EndsWith("__" + wanted, StringComparison.OrdinalIgnoreCase)
                )
                .Select(candidate => (candidate, distance: Distance(wanted, candidate.ToLowerInvariant(), farthest)))
                .Where(c => c.distance <= farthest)
                .OrderBy(c => c.distance)
                .ThenBy(c => c.candidate, StringComparer.Ordinal)
                .Take(Most)
                .Select(c => c.candidate),
        ];
    }

    /// <summary>
    /// Edits (insert, delete, replace, swap of neighbours) between two words; a shared ending costs nothing extra.
    /// Over <paramref name="farthest"/> only that it is more.
    /// </summary>
    private static int Distance(string a, string b, int farthest)
    {
        if (a.Length > 0 && b.EndsWith("__" + a, StringComparison.Ordinal))
            return 1;
        var before = new int[b.Length + 1];
        var last = new int[b.Length + 1];
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
            last[j] = j;
        var lastNearest = 0;
        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            var nearest = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(replace, Math.Min(last[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                nearest = Math.Min(nearest, row[j]);
            }

            // What is too far in two rows can only get farther: a swap reaches over one.
            if (nearest > farthest && lastNearest > farthest)
                return farthest + 1;
            (before, last, row, lastNearest) = (last, row, before, nearest);
        }

        return last[b.Length];
    }
}
