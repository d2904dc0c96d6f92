using System.Buffers;
using System.Text;

namespace UserReports.Core.Reports;

/// <summary>
/// What stands in every report, each phrase with a code of two bytes. The first of them is none that UTF-8 has: a text
/// without codes is what it was.
/// </summary>
internal sealed class ReportPhrases
{
    private const byte FirstOfCode = 0xF8;
    private const int CodesMax = (0x100 - FirstOfCode) * 256;

    private readonly List<byte[]> phrases = [];
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
        return codes[phrase] = code;
    }

    /// <summary>Appends a text with phrases for codes.</summary>
    /// <returns>False if a code is cut off or has no phrase.</returns>
    public bool TryExpand(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        while (true)
        {
            var plain = text.IndexOfAnyInRange(FirstOfCode, byte.MaxValue);
            if (plain < 0)
            {
                output.Write(text);
                return true;
            }

            if (plain == text.Length - 1)
                return false;
            var code = ((text[plain] - FirstOfCode) << 8) | text[plain + 1];
            if (code >= phrases.Count)
                return false;
            var phrase = phrases[code];
            var room = output.GetSpan(plain + phrase.Length);
            text[..plain].CopyTo(room);
            phrase.CopyTo(room[plain..]);
            output.Advance(plain + phrase.Length);
            text = text[(plain + 2)..];
        }
    }
}
