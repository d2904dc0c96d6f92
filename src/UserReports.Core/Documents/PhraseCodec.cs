using System.Buffers;
using System.Text;

namespace UserReports.Core.Documents;

/// <summary>
/// What stands in every report, each phrase with a code of two bytes. The first of them is none that UTF-8 has: a text
/// without codes is what it was.
/// </summary>
internal sealed class PhraseCodec
{
    private const byte FirstOfCode = 0xF8;
    private const int CodesMax = (0x100 - FirstOfCode) * 256;

    /// <summary>As long as nearly every phrase, or longer.</summary>
    private const int SlotBytes = 64;

    private readonly List<byte[]> phrases = [];
    private byte[] slots = [];
    private readonly Dictionary<string, byte[]> codes = [];

    /// <summary>The code of a phrase, which is a new one if there is none yet.</summary>
    /// <exception cref="InvalidOperationException">There are more phrases than codes.</exception>
    public byte[] CodeOf(string phrase)
    {
        if (codes.TryGetValue(phrase, out var known))
            return known;
        if (phrases.Count == CodesMax)
            throw new InvalidOperationException(
                $"There are more than {CodesMax} phrases; their codes need a byte more."
            );
        byte[] code = [(byte)(FirstOfCode + (phrases.Count >> 8)), (byte)phrases.Count];
        phrases.Add(Encoding.UTF8.GetBytes(phrase));
        Array.Resize(ref slots, phrases.Count * SlotBytes);
        phrases[^1].AsSpan(0, Math.Min(SlotBytes, phrases[^1].Length)).CopyTo(slots.AsSpan(^SlotBytes));
        return codes[phrase] = code;
    }

    /// <summary>Appends a text with phrases for codes.</summary>
    /// <returns>False if a code is cut off or has no phrase.</returns>
    public bool TryExpand(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        var room = output.GetSpan(text.Length + SlotBytes);
        var length = 0;
        for (var at = 0; at < text.Length; )
        {
            if (text[at] < FirstOfCode)
            {
                var plain = text[at..];
                var end = plain.IndexOfAnyInRange(FirstOfCode, byte.MaxValue);
                if (end >= 0)
                    plain = plain[..end];
                Reserve(ref room, ref length, plain.Length, output);
                plain.CopyTo(room[length..]);
                length += plain.Length;
                at += plain.Length;
                continue;
            }

            if (at == text.Length - 1)
                return false;
            var code = ((text[at] - FirstOfCode) << 8) | text[at + 1];
            if (code >= phrases.Count)
                return false;
            var phrase = phrases[code];
            Reserve(ref room, ref length, SlotBytes, output);
            // A whole slot, which is a copy of a fixed length; what is too much is written over.
            slots.AsSpan(code * SlotBytes, SlotBytes).CopyTo(room[length..]);
            if (phrase.Length > SlotBytes)
            {
                Reserve(ref room, ref length, phrase.Length, output);
                phrase.CopyTo(room[length..]);
            }

            length += phrase.Length;
            at += 2;
        }

        output.Advance(length);
        return true;
    }

    private static void Reserve(ref Span<byte> room, ref int length, int bytes, IBufferWriter<byte> output)
    {
        if (room.Length - length >= bytes)
            return;
        output.Advance(length);
        room = output.GetSpan(bytes + (4 * room.Length));
        length = 0;
    }
}
