using System.Buffers.Binary;
using UserReports.Core.Forecasting;

namespace UserReports.Store.DuckDb.Trends;

/// <summary>One row of the file of trends as bytes, and back.</summary>
internal static class TrendCodec
{
    private const int HasSlopes = 1 << 4;

    /// <summary>Writes a row behind another account's.</summary>
    /// <returns>How many bytes it takes.</returns>
    public static int Write(Span<byte> target, long accountsSince, ulong organization, in StorageTrend trend)
    {
        var length = 0;
        PutNumber(target, ref length, accountsSince);
        BinaryPrimitives.WriteUInt64LittleEndian(target[length..], organization);
        length += 8;
        Span<long?> past =
        [
            trend.Past.WeekBefore,
            trend.Past.WeekBeforeNext,
            trend.Past.MonthBefore,
            trend.Past.MonthBeforeNext,
        ];
        var hasSlopes = trend.Slope != 0 || trend.SlopeLower != 0 || trend.SlopeUpper != 0;
        var flags = hasSlopes ? HasSlopes : 0;
        for (var i = 0; i < past.Length; i++)
            flags |= past[i] is null ? 0 : 1 << i;
        target[length++] = (byte)flags;
        PutNumber(target, ref length, trend.Latest);
        PutNumber(target, ref length, trend.Days);
        PutNumber(target, ref length, trend.StillDays);
        foreach (var bytes in past)
        {
            // The difference wraps where it is too large, and so does the sum when it is read.
            if (bytes is { } known)
                PutNumber(target, ref length, unchecked(known - trend.Latest));
        }

        if (hasSlopes)
        {
            foreach (var slope in (ReadOnlySpan<double>)[trend.Slope, trend.SlopeLower, trend.SlopeUpper])
            {
                BinaryPrimitives.WriteDoubleLittleEndian(target[length..], slope);
                length += 8;
            }
        }

        return length;
    }

    /// <summary>Reads the row at a place, and moves the place behind it.</summary>
    public static (long AccountsSince, ulong Organization, StorageTrend Trend) Read(
        ReadOnlySpan<byte> source,
        ref int place,
        DateOnly day
    )
    {
        var since = TakeNumber(source, ref place);
        var organization = BinaryPrimitives.ReadUInt64LittleEndian(source[place..]);
        place += 8;
        var flags = source[place++];
        var latest = TakeNumber(source, ref place);
        var days = (int)TakeNumber(source, ref place);
        var stillDays = (int)TakeNumber(source, ref place);
        Span<long?> past = [null, null, null, null];
        for (var i = 0; i < past.Length; i++)
        {
            if ((flags & (1 << i)) != 0)
                past[i] = unchecked(TakeNumber(source, ref place) + latest);
        }

        Span<double> slopes = [0, 0, 0];
        for (var i = 0; i < slopes.Length && (flags & HasSlopes) != 0; i++)
        {
            slopes[i] = BinaryPrimitives.ReadDoubleLittleEndian(source[place..]);
            place += 8;
        }

        return (
            since,
            organization,
            new(latest, days, stillDays, slopes[0], slopes[1], slopes[2], new(day, past[0], past[1], past[2], past[3]))
        );
    }

    /// <summary>Seven bits a byte, the sign in the lowest one: what is near 0 is short.</summary>
    private static void PutNumber(Span<byte> target, ref int length, long number)
    {
        var left = (ulong)((number << 1) ^ (number >> 63));
        while (left >= 0x80)
        {
            target[length++] = (byte)(left | 0x80);
            left >>= 7;
        }

        target[length++] = (byte)left;
    }

    private static long TakeNumber(ReadOnlySpan<byte> source, ref int place)
    {
        ulong number = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = source[place++];
            number |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return (long)(number >> 1) ^ -(long)(number & 1);
        }
    }
}
