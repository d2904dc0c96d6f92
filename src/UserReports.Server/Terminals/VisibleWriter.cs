using System.Text;

namespace UserReports.Server.Terminals;

/// <summary>Lines for a person: whatever stands in a message, none of it steers the terminal.</summary>
/// <param name="inner">Where they are written. It is not closed.</param>
internal sealed class VisibleWriter(TextWriter inner) : TextWriter(inner.FormatProvider)
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => inner.Write(VisibleText.OfLines(value.ToString()));

    public override void Write(string? value) => inner.Write(value is null ? null : VisibleText.OfLines(value));

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    public override void WriteLine() => inner.WriteLine();

    public override void WriteLine(string? value)
    {
        Write(value);
        inner.WriteLine();
    }

    public override Task WriteAsync(char value) => WriteAsync(value.ToString());

    public override Task WriteAsync(string? value) =>
        inner.WriteAsync(value is null ? null : VisibleText.OfLines(value));

    public override async Task WriteLineAsync(string? value)
    {
        await WriteAsync(value);
        await inner.WriteLineAsync();
    }

    public override void Flush() => inner.Flush();

    public override Task FlushAsync() => inner.FlushAsync();
}
