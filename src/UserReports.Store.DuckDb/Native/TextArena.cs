using System.Runtime.InteropServices;

namespace UserReports.Store.DuckDb.Native;

/// <summary>Memory for the longer texts of some chunks; it stays where it is until all of it is released.</summary>
internal sealed unsafe class TextArena : IDisposable
{
    private const int BlockBytes = 64 * 1024;

    private readonly List<nint> blocks = [];
    private byte* free;
    private int left;

    ~TextArena() => Release();

    /// <summary>Room for so many bytes; it is kept only if <see cref="Take"/> follows.</summary>
    public Span<byte> Reserve(int bytes)
    {
        if (bytes > left)
        {
            left = Math.Max(bytes, BlockBytes);
            free = (byte*)NativeMemory.Alloc((nuint)left);
            blocks.Add((nint)free);
        }

        return new(free, left);
    }

    /// <summary>Keeps the first bytes of what was just reserved, and returns their address.</summary>
    public byte* Take(int bytes)
    {
        var taken = free;
        free += bytes;
        left -= bytes;
        return taken;
    }

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        foreach (var block in blocks)
            NativeMemory.Free((void*)block);
        blocks.Clear();
        left = 0;
    }
}
