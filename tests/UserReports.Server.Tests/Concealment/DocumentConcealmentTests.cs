using System.Buffers;
using System.Text;
using System.Text.Json;
using UserReports.Core.Documents;
using UserReports.Core.Reports;
using UserReports.Server.Concealment;
using UserReports.Testing;

namespace UserReports.Server.Tests.Concealment;

public sealed class DocumentConcealmentTests
{
    private static readonly Pseudonyms Pseudonyms = new([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
    private static readonly DocumentConcealment Concealing = new(Pseudonyms);

    [Fact]
    public void Document_Concealed_HoldsNoMarkAndAllElseByteForByte()
    {
        foreach (var report in MarkedReports.Make(12).Concat(SampleReports.Make(300)))
        {
            var document = Render(report);
            var concealed = Concealing.Apply(document);
            Assert.Equal("", MarkedReports.FoundIn(concealed.Span));
            var (before, after) = (JsonElement.Parse(document.Span), JsonElement.Parse(concealed.Span));
            Compare(ReportCatalogue.Fields, before, after);
            // Concealing twice changes nothing but the pseudonyms: the document is one as the store writes it.
            Compare(ReportCatalogue.Fields, after, JsonElement.Parse(Concealing.Apply(concealed).Span));
        }
    }

    [Fact]
    public void Details_OfAnyShape_AreOnePseudonymPerAnswer()
    {
        var before =
            """{"extra_details":{"data":{"a":{"b":[1,{"c":"x"}]},"n":null,"e":"","t":true,"k\u00e9y":1.50,"h":"\ud800"}}}""";
        var data = JsonElement
            .Parse(Concealing.Apply(Encoding.UTF8.GetBytes(before)).Span)
            .GetProperty("extra_details")
            .GetProperty("data");
        Assert.Equal(["a", "n", "e", "t", "kéy", "h"], data.EnumerateObject().Select(member => member.Name));
        Assert.Equal(JsonValueKind.Null, data.GetProperty("n").ValueKind);
        Assert.Equal("", data.GetProperty("e").GetString());
        foreach (var key in (string[])["a", "t", "kéy", "h"])
            Assert.Matches("^data-[0-9a-z]{16}$", data.GetProperty(key).GetString());
    }

    [Fact]
    public void Pseudonym_OfAValue_IsTheSameInItsFieldAlone()
    {
        var username = Field("username");
        var name = Pseudonyms.Of(username, "ana");
        Assert.Equal(name, Pseudonyms.Of(username, "ana"));
        Assert.Matches("^username-[0-9a-hjkmnp-tv-z]{16}$", name);
        Assert.NotEqual(name[9..], Pseudonyms.Of(Field("email"), "ana")[6..]);
        Assert.NotEqual(name, Pseudonyms.Of(username, "Ana"));
        Assert.NotEqual(name, new Pseudonyms(new byte[32]).Of(username, "ana"));
        Assert.Equal("", Pseudonyms.Of(username, ""));
        Assert.Equal(2000, Enumerable.Range(0, 2000).Select(i => Pseudonyms.Of(username, $"u{i}")).Distinct().Count());
    }

    private static Field Field(string name) => ReportCatalogue.Fields.First(field => field.Name == name);

    private static void Compare(IReadOnlyList<Field> fields, JsonElement before, JsonElement after)
    {
        Assert.Equal(
            before.EnumerateObject().Select(member => member.Name),
            after.EnumerateObject().Select(member => member.Name)
        );
        foreach (var field in fields)
            Compare(field, before.GetProperty(field.Name), after.GetProperty(field.Name));
    }

    private static void Compare(Field field, JsonElement before, JsonElement after)
    {
        if (field.Personal != PersonalKind.None)
        {
            var isNothing = before.ValueKind == JsonValueKind.Null || before.GetRawText() is "\"\"" or "{}";
            Assert.Equal(isNothing, before.GetRawText() == after.GetRawText());
        }
        else if (before.ValueKind == JsonValueKind.Array && field.Kind == FieldKind.List)
        {
            Assert.Equal(before.GetArrayLength(), after.GetArrayLength());
            foreach (var (one, other) in before.EnumerateArray().Zip(after.EnumerateArray()))
                Compare(field.Children, one, other);
        }
        else if (before.ValueKind == JsonValueKind.Object && field.Kind == FieldKind.Object)
        {
            Compare(field.Children, before, after);
        }
        else
        {
            Assert.Equal(before.GetRawText(), after.GetRawText());
        }
    }

    private static ReadOnlyMemory<byte> Render(Report report)
    {
        using var json = new ReportJson();
        var output = new ArrayBufferWriter<byte>();
        Assert.True(ReportJson.TryExpand(json.Write(report), output));
        return output.WrittenMemory;
    }
}
