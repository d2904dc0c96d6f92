using System.Globalization;
using UserReports.Core.Reports;
using UserReports.Testing;

namespace UserReports.Server.Tests;

/// <summary>
/// Reports of some 20 KB each: more than any buffer between server and client holds, and long to search in.
/// </summary>
internal static class HeavyReports
{
    public const int Count = 2000;

    /// <summary>Takes the free-form details of every row apart once for each of dozens of keys.</summary>
    public static readonly string GreedyQuery = string.Join(
        " OR ",
        Enumerable
            .Range(10, 85)
            .Select(i => string.Create(CultureInfo.InvariantCulture, $"extra_details__data__k{i}__iregex:\"c{i}z\""))
    );

    /// <param name="mark">Stands in every row, so that two states of the store can be told apart.</param>
    public static IReadOnlyList<Report> Make(string mark)
    {
        var random = new Random(1);
        var bytes = new byte[1024];
        return SampleReports.Make(Count, detailsOf: Details);

        // Random, so that no format can make much less of it.
        string Details(long id) =>
            $"{{{string.Join(',', Enumerable.Range(10, 16).Select(key => $"\"k{key}\":\"{mark}-{id}-{Text()}\""))}}}";

        string Text()
        {
            random.NextBytes(bytes);
            return Convert.ToBase64String(bytes);
        }
    }
}
