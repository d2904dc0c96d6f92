using System.Globalization;
using UserReports.Core.Query.Syntax;
using UserReports.Core.Query.Values;

namespace UserReports.Core.Query;

/// <summary>A value to compare with, of the kind that the field asks for.</summary>
public abstract record QueryValue
{
    /// <summary>Different texts never look the same: answers are remembered by what their queries look like.</summary>
    private static string Quoted(string text) => QuotedText.Write(text);

    /// <summary>Text.</summary>
    public sealed record Text(string Value) : QueryValue
    {
        /// <inheritdoc/>
        public override string ToString() => Quoted(Value);
    }

    /// <summary>True or false.</summary>
    public sealed record Boolean(bool Value) : QueryValue
    {
        /// <inheritdoc/>
        public override string ToString() => Value ? "true" : "false";
    }

    /// <summary>A number; also a year, a month or a day of the month.</summary>
    public sealed record Number(ExactNumber Value) : QueryValue
    {
        /// <inheritdoc/>
        public override string ToString() => Value.ToString();
    }

    /// <summary>An instant, UTC; a calendar day is its first instant.</summary>
    public sealed record Instant(DateTimeOffset Value) : QueryValue
    {
        /// <inheritdoc/>
        public override string ToString() => Value.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// A value for free-form JSON, whose own type decides: text compares with <paramref name="Value"/>, a number with
    /// <paramref name="AsNumber"/>, a boolean with <paramref name="AsBoolean"/>; where that is null, the comparison is
    /// false.
    /// </summary>
    public sealed record FreeForm(string Value, ExactNumber? AsNumber, bool? AsBoolean) : QueryValue
    {
        /// <inheritdoc/>
        public override string ToString() => Quoted(Value);
    }
}
