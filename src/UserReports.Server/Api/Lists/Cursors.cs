using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;
using UserReports.Core.Query;
using UserReports.Store;

namespace UserReports.Server.Api.Lists;

/// <summary>Places between rows as opaque text, for the query and the ordering that they were made for.</summary>
/// <remarks>
/// A place holds values of a row, a name or an address among them, so a cursor is encrypted as well as signed, with the
/// keys that the service keeps for its cookies.
/// </remarks>
internal sealed class Cursors(IDataProtectionProvider protection)
{
    private const byte Layout = 1;
    private const int DigestLength = 16;

    private readonly IDataProtector protector = protection.CreateProtector("UserReports.Api.Cursor");

    /// <param name="q">What rows were asked for, and whatever else the place is of.</param>
    /// <param name="takenAt">When the snapshot was taken that the place is in; null for the present rows.</param>
    public string Write(PageKey key, string? q, ReportQuery query, DateTimeOffset? takenAt = null)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Layout);
            writer.Write(DigestOf(q, query, takenAt));
            writer.Write(key.UserId);
            writer.Write(key.OrganizationId is not null);
            writer.Write(key.OrganizationId ?? "");
            writer.Write(key.Backward);
            writer.Write((byte)key.Values.Count);
            foreach (var value in key.Values)
                Write(writer, value);
        }

        return WebEncoders.Base64UrlEncode(protector.Protect(stream.ToArray()));
    }

    /// <summary>The place, or null with what is wrong with the text.</summary>
    public PageKey? Read(string cursor, string? q, ReportQuery query, out string? fault, DateTimeOffset? takenAt = null)
    {
        fault = "The cursor was not made by this service, or it is too old. Begin again with an empty cursor.";
        try
        {
            using var reader = new BinaryReader(
                new MemoryStream(protector.Unprotect(WebEncoders.Base64UrlDecode(cursor)))
            );
            if (reader.ReadByte() != Layout)
                return null;
            if (!reader.ReadBytes(DigestLength).AsSpan().SequenceEqual(DigestOf(q, query, takenAt)))
            {
                fault = takenAt is null
                    ? "The cursor was made for another query or ordering. Begin again with an empty cursor."
                    : "The cursor was made for another query, ordering or snapshot. Begin again with an empty cursor, or follow the address that next says.";
                return null;
            }

            var userId = reader.ReadInt64();
            var organizationId = reader.ReadBoolean() ? reader.ReadString() : Nothing(reader.ReadString());
            var backward = reader.ReadBoolean();
            var values = new object?[reader.ReadByte()];
            for (var i = 0; i < values.Length; i++)
                values[i] = ReadValue(reader);
            fault = null;
            return new(values, userId, organizationId, backward);
        }
        catch (Exception e) when (e is FormatException or CryptographicException or EndOfStreamException)
        {
            return null;
        }
    }

    private static byte[] DigestOf(string? q, ReportQuery query, DateTimeOffset? takenAt) =>
        SHA256.HashData(
            Encoding.UTF8.GetBytes(
                $"{q}\n{string.Join(',', query.Ordering)}{(takenAt is { } at ? $"\n{at.UtcTicks}" : "")}"
            )
        )[..DigestLength];

    private static string? Nothing(string _) => null;

    private static void Write(BinaryWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.Write((byte)0);
                break;
            case string text:
                writer.Write((byte)1);
                writer.Write(text);
                break;
            case bool flag:
                writer.Write((byte)2);
                writer.Write(flag);
                break;
            case long number:
                writer.Write((byte)3);
                writer.Write(number);
                break;
            case double number:
                writer.Write((byte)4);
                writer.Write(number);
                break;
            case DateTimeOffset instant:
                writer.Write((byte)5);
                writer.Write(instant.UtcTicks);
                break;
            default:
                throw new InvalidOperationException(
                    $"An ordering has values of type {value.GetType()}, which no cursor can hold."
                );
        }
    }

    private static object? ReadValue(BinaryReader reader) =>
        reader.ReadByte() switch
        {
            0 => null,
            1 => reader.ReadString(),
            2 => reader.ReadBoolean(),
            3 => reader.ReadInt64(),
            4 => reader.ReadDouble(),
            5 => new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero),
            var kind => throw new FormatException($"a value of kind {kind}"),
        };
}
