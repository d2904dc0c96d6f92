using System.Text;
using System.Text.Json;
using UserReports.Core.Billing;
using UserReports.Core.Query;
using UserReports.Core.Reports;

namespace UserReports.Core.LimitsFiles;

/// <summary>
/// Reads a file of limits: JSON with comments and trailing commas. Everything that is wrong is told, each with its line
/// and column, but for what comes after a fault of JSON itself.
/// </summary>
public ref struct LimitsFileReader
{
    private const string DefaultKey = "default";
    private const string AccountsKey = "accounts";
    private const string OrganizationsKey = "organizations";
    private const string SchemaKey = "$schema";
    private static readonly string[] Sections = [DefaultKey, AccountsKey, OrganizationsKey];

    private static readonly Dictionary<string, int> Places = Metric
        .All.Select((metric, index) => (metric.Key, index))
        .ToDictionary(StringComparer.Ordinal);

    private static readonly int Storage = Metric.All.ToList().IndexOf(Metric.StorageBytes);

    private readonly ReadOnlySpan<byte> text;
    private readonly List<LimitsFault> faults = [];
    private Utf8JsonReader json;
    private int lineAt;
    private int lineStart;
    private int line = 1;

    private LimitsFileReader(ReadOnlySpan<byte> text)
    {
        this.text = text;
        json = new(text, new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
    }

    /// <summary>The limits of a file, or what is wrong with it.</summary>
    /// <param name="utf8">The file's bytes, with or without a byte order mark.</param>
    /// <param name="faults">In the order of the file; empty if the file is right.</param>
    /// <returns>Null if anything is wrong.</returns>
    public static LimitsFile? Read(ReadOnlySpan<byte> utf8, out IReadOnlyList<LimitsFault> faults)
    {
        if (utf8.StartsWith(Encoding.UTF8.Preamble))
            utf8 = utf8[Encoding.UTF8.Preamble.Length..];
        var reader = new LimitsFileReader(utf8);
        LimitsFile? file = null;
        try
        {
            file = reader.ReadFile();
        }
        catch (JsonException e)
        {
            reader.faults.Add(
                new(
                    (int)(e.LineNumber ?? 0) + 1,
                    ColumnOf(utf8, e.LineNumber ?? 0, (int)(e.BytePositionInLine ?? 0)),
                    $"This is no JSON: {Reason(e)}"
                )
            );
        }

        faults = reader.faults;
        return faults.Count == 0 ? file : null;
    }

    /// <summary>The library counts bytes; people count characters.</summary>
    private static int ColumnOf(ReadOnlySpan<byte> utf8, long lines, int bytes)
    {
        for (; lines > 0 && utf8.IndexOf((byte)'\n') is var end and >= 0; lines--)
            utf8 = utf8[(end + 1)..];
        return Encoding.UTF8.GetCharCount(utf8[..Math.Min(bytes, utf8.Length)]) + 1;
    }

    /// <summary>The library's sentence without the place, which is told already.</summary>
    private static string Reason(JsonException e)
    {
        var place = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return place < 0 ? e.Message : e.Message[..place];
    }

    private LimitsFile ReadFile()
    {
        MetricValues<Limit?>? standard = null;
        Dictionary<string, LimitsEntry> accounts = new(StringComparer.Ordinal);
        Dictionary<string, LimitsEntry> organizations = new(StringComparer.Ordinal);
        HashSet<string> seen = new(StringComparer.Ordinal);
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            Fault("The file is to be one object: { \"default\": …, \"accounts\": …, \"organizations\": … }.");
            return LimitsFile.Empty;
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = Name();
            if (!seen.Add(name))
                Fault($"\"{name}\" stands twice; put what belongs there together.");
            if (name != SchemaKey && !Sections.Contains(name))
                Fault($"There is no \"{name}\" here{Instead(name, Sections)}");
            json.Read();
            switch (name)
            {
                case DefaultKey:
                    standard = ReadLimits("for everybody");
                    break;
                case AccountsKey:
                    ReadEntries(accounts, "an object of usernames and their limits");
                    break;
                case OrganizationsKey:
                    ReadEntries(organizations, "an object of organisations' identifiers and their limits");
                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        // What stands behind the file's object is a fault of JSON.
        json.Read();
        return new(standard, accounts, organizations);
    }

    private void ReadEntries(Dictionary<string, LimitsEntry> entries, string expected)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            Fault($"This is to be {expected}.");
            json.Skip();
            return;
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = Name();
            var at = LineOfToken();
            if (name.Length == 0)
                Fault("A name is missing between the quotes.");
            if (entries.TryGetValue(name, out var known))
                Fault($"\"{name}\" stands in line {known.Line} already; put its limits together.");
            json.Read();
            entries[name] = new(at, ReadLimits($"of \"{name}\"") ?? new(Metric.All));
        }
    }

    private MetricValues<Limit?>? ReadLimits(string ofWhom)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            Fault($"The limits {ofWhom} are to be an object such as {{ \"submission\": 10000 }}.");
            json.Skip();
            return null;
        }

        var limits = new MetricValues<Limit?>(Metric.All);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = Name();
            if (!Places.TryGetValue(name, out var place))
            {
                Fault($"There is no metric \"{name}\"{Instead(name, Places.Keys)}");
                json.Read();
                json.Skip();
                continue;
            }

            if (limits[place] is not null)
                Fault($"\"{name}\" stands twice; one limit counts.");
            json.Read();
            limits[place] = ReadLimit(name, place);
        }

        return limits;
    }

    private Limit? ReadLimit(string name, int place)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.Number when json.TryGetInt64(out var number) && number >= 0:
                return new(number);
            case JsonTokenType.String when json.GetString() is { } words:
                if (words == "unlimited")
                    return Limit.Unlimited;
                if (place == Storage && StorageSize.Parse(words) is { } bytes)
                    return new(bytes);
                break;
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                Fault(Wanted(name, place));
                json.Skip();
                return null;
        }

        Fault(Wanted(name, place));
        return null;
    }

    private static string Wanted(string name, int place) =>
        $"The limit of {name} is to be a whole number from 0 to {long.MaxValue}"
        + (place == Storage ? ", a size such as \"5 GB\" or \"5 GiB\"," : "")
        + " or \"unlimited\".";

    private static string Instead(string name, IEnumerable<string> valid) =>
        NearestNames.Of(name, valid) is [var nearest, ..]
            ? $"; is \"{nearest}\" meant?"
            : $"; there are {string.Join(", ", valid)}.";

    private string Name() => json.GetString()!;

    private void Fault(string problem)
    {
        var at = LineOfToken();
        var column = Encoding.UTF8.GetCharCount(text[lineStart..(int)json.TokenStartIndex]) + 1;
        faults.Add(new(at, column, problem));
    }

    /// <summary>The line of the token that was read last; each line is counted once.</summary>
    private int LineOfToken()
    {
        var token = (int)json.TokenStartIndex;
        while (text[lineAt..token].IndexOf((byte)'\n') is var next and >= 0)
        {
            line++;
            lineAt += next + 1;
            lineStart = lineAt;
        }

        return line;
    }
}
