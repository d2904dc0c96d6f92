using System.Buffers;
using System.Runtime.InteropServices;

namespace UserReports.Core.Forecasting;

/// <summary>Works out how stored bytes have gone on, from what was stored on some days.</summary>
public static class StorageTrends
{
    /// <summary>So many days before the latest snapshot count.</summary>
    public const int DaysMax = 90;

    /// <summary>A fall by more than a fifth: what was before says nothing of what comes.</summary>
    public static bool IsCleanUp(long before, long after) => before > 0 && (Int128)after * 5 < (Int128)before * 4;

    /// <summary>The trend of a row.</summary>
    /// <param name="latest">The day of the latest of all snapshots; a row that is missing in it has none.</param>
    /// <param name="stored">One value a day, ascending by day, none after <paramref name="latest"/>.</param>
    public static StorageTrend Of(DateOnly latest, ReadOnlySpan<StoredBytes> stored)
    {
        while (stored.Length > 0 && stored[0].Day.DayNumber < latest.DayNumber - DaysMax)
            stored = stored[1..];
        if (stored.Length == 0 || stored[^1].Day != latest)
            return default;
        var past = new StoragePast(
            latest,
            Find(stored, latest, 7),
            Find(stored, latest, 6),
            Find(stored, latest, 30),
            Find(stored, latest, 29)
        );
        var (first, still) = (stored.Length - 1, stored.Length - 1);
        while (first > 0 && !IsCleanUp(stored[first - 1].Bytes, stored[first].Bytes))
            first--;
        while (still > first && stored[still - 1].Bytes == stored[^1].Bytes)
            still--;
        var trend = new StorageTrend(
            stored[^1].Bytes,
            latest.DayNumber - stored[first].Day.DayNumber + 1,
            latest.DayNumber - stored[still].Day.DayNumber,
            0,
            0,
            0,
            past
        );
        // Most rows never change: they need no slopes to be without any.
        return still == first ? trend : WithSlopes(trend, stored[first..]);
    }

    private static StorageTrend WithSlopes(StorageTrend trend, ReadOnlySpan<StoredBytes> stored)
    {
        var buffer = ArrayPool<double>.Shared.Rent(stored.Length * (stored.Length - 1) / 2);
        var count = 0;
        for (var i = 1; i < stored.Length; i++)
        {
            for (var k = 0; k < i; k++)
                buffer[count++] =
                    ((double)stored[i].Bytes - stored[k].Bytes) / (stored[i].Day.DayNumber - stored[k].Day.DayNumber);
        }

        var slopes = buffer.AsSpan(0, count);
        trend = trend with
        {
            Slope = Quantile.Of(slopes, 1, 2),
            SlopeLower = Quantile.Of(slopes, 1, 4),
            SlopeUpper = Quantile.Of(slopes, 3, 4),
        };
        ArrayPool<double>.Shared.Return(buffer);
        return trend;
    }

    private static long? Find(ReadOnlySpan<StoredBytes> stored, DateOnly latest, int daysBefore)
    {
        foreach (var one in stored)
        {
            if (one.Day.DayNumber == latest.DayNumber - daysBefore)
                return one.Bytes;
        }

        return null;
    }
}

/// <summary>What a row stored on a day.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct StoredBytes(DateOnly Day, long Bytes);
