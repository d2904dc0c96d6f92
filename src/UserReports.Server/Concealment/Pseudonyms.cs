using System.Security.Cryptography;
using System.Text;
using UserReports.Core.Query;
using UserReports.Core.Reports;

namespace UserReports.Server.Concealment;

/// <summary>Other names for values that are concealed: always the same for the same value of the same field.</summary>
/// <remarks>
/// Keyed with a key of the installation, so that nobody without it can try which value a pseudonym stands for, and the
/// same value has another pseudonym elsewhere. Values of different fields are told apart, so that a pseudonym does not
/// say that a username is also an organisation's name. 80 bits: among ten million values two share one with a
/// probability of less than one in ten thousand million.
/// </remarks>
/// <param name="key">As it is kept; 32 bytes.</param>
public sealed class Pseudonyms(byte[] key)
{
    private const int Bytes = 10;
    private const int BitsOfLetter = 5;
    private const int Letters = Bytes * 8 / BitsOfLetter;

    /// <summary>32 letters and digits that nobody mistakes for one another.</summary>
    private static ReadOnlySpan<byte> Alphabet => "0123456789abcdefghjkmnpqrstvwxyz"u8;

    /// <summary>The pseudonym of a value, such as <c>username-3k7v0w8m2qxd41ea</c>: ASCII, fit for JSON as it
    /// is.</summary>
    /// <param name="field">Whose value it is.</param>
    /// <param name="detail">For free-form details: which of them, by its key; empty for all others.</param>
    /// <param name="value">UTF-8; text without quotes and escapes, all else as its JSON.</param>
    public byte[] Of(Field field, ReadOnlySpan<byte> detail, ReadOnlySpan<byte> value)
    {
        var scope = Encoding.UTF8.GetBytes(field.Path);
        var message = new byte[scope.Length + detail.Length + value.Length + 2];
        scope.CopyTo(message, 0);
        detail.CopyTo(message.AsSpan(scope.Length + 1));
        value.CopyTo(message.AsSpan(scope.Length + detail.Length + 2));
        Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, message, digest);
        var prefix = field.Name.Length + 1;
        var name = new byte[prefix + Letters];
        Encoding.ASCII.GetBytes(field.Name, name);
        name[prefix - 1] = (byte)'-';
        for (var i = 0; i < Letters; i++)
        {
            var bit = i * BitsOfLetter;
            var two = (digest[bit / 8] << 8) | digest[bit / 8 + 1];
            name[prefix + i] = Alphabet[(two >> (16 - BitsOfLetter - bit % 8)) & 31];
        }

        return name;
    }

    /// <summary>The same of text; of empty text, which conceals nothing, empty text.</summary>
    public string Of(Field field, string text, string detail = "") =>
        text.Length == 0
            ? text
            : Encoding.ASCII.GetString(Of(field, Encoding.UTF8.GetBytes(detail), Encoding.UTF8.GetBytes(text)));

    /// <summary>The same of a value at a path, as a summary or a query names it.</summary>
    public string Of(FieldPath path, string text) => Of(path.Field, text, DetailOf(path));

    private static string DetailOf(FieldPath path) => path.Keys.Count > 0 ? path.Keys[0] ?? "" : "";
}
