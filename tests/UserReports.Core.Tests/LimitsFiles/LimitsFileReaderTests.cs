using System.Text;
using UserReports.Core.Billing;
using UserReports.Core.LimitsFiles;

namespace UserReports.Core.Tests.LimitsFiles;

public sealed class LimitsFileReaderTests
{
    [Fact]
    public void Read_FileOfEveryKind_GivesItsLimits()
    {
        var file = Read(
            """
            // Agreed in March.
            {
              "$schema": "limits.schema.json",
              "default": { "submission": 10000, "storage_bytes": "5 GB", "llm_requests": 0 },
              "accounts": { "amina": { "storage_bytes": "50 GiB" }, /* pilots */ "zoë": {}, },
              "organizations": { "orgX7": { "submission": "unlimited", "asr_seconds": 9223372036854775807 } },
            }
            """
        );

        Assert.Equal([new(10_000), new(5_000_000_000), null, null, new(0)], Values(file.Default));
        Assert.Equal([null, new(50L << 30), null, null, null], Values(file.Accounts["amina"].Limits));
        Assert.Equal(5, file.Accounts["zoë"].Line);
        Assert.Equal(
            [Limit.Unlimited, null, new(long.MaxValue), null, null],
            Values(file.Organizations["orgX7"].Limits)
        );
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("\uFEFF{ \"accounts\": {} }")]
    public void Read_FileThatSaysNothing_IsRight(string text) => Assert.Null(Read(text).Default);

    [Theory]
    [InlineData("5 GB", 5_000_000_000L)]
    [InlineData("5GB", 5_000_000_000L)]
    [InlineData("1.5 kB", 1500L)]
    [InlineData("2 TiB", 2L << 40)]
    [InlineData("0 B", 0L)]
    [InlineData("5 gb", null)]
    [InlineData("-5 GB", null)]
    [InlineData("1.5 B", null)]
    [InlineData("GB", null)]
    [InlineData("9000000 PB", null)]
    [InlineData("5", null)]
    public void Parse_Size_IsBytes(string text, long? expected) => Assert.Equal(expected, StorageSize.Parse(text));

    [Theory]
    [InlineData("", "line 1, column 1: This is no JSON: ")]
    [InlineData(
        "{\n  \"default\": { \"submission\": 1 }\n  \"accounts\": {}\n}",
        "line 3, column 3: This is no JSON: "
    )]
    [InlineData("{ \"accounts\": { \"é\": {} }, x }", "line 1, column 28: This is no JSON: ")]
    [InlineData("{} {}", "line 1, column 4: This is no JSON: ")]
    [InlineData("[1]", "line 1, column 1: The file is to be one object: ")]
    [InlineData("{ \"acounts\": {} }", "line 1, column 3: There is no \"acounts\" here; is \"accounts\" meant?")]
    [InlineData(
        "{ \"default\": {\n \"submissions\": 1 } }",
        "line 2, column 2: There is no metric \"submissions\"; is \"submission\" meant?"
    )]
    [InlineData(
        "{ \"default\": { \"pages\": 1 } }",
        "line 1, column 16: There is no metric \"pages\"; there are submission, storage_bytes, asr_seconds, "
    )]
    [InlineData(
        "{ \"default\": { \"submission\": -1 } }",
        "line 1, column 30: The limit of submission is to be a whole number from 0 to 9223372036854775807 or \"unlimited\"."
    )]
    [InlineData("{ \"default\": { \"submission\": 1.5 } }", "line 1, column 30: The limit of submission is to be ")]
    [InlineData(
        "{ \"default\": { \"submission\": \"5 GB\" } }",
        "line 1, column 30: The limit of submission is to be "
    )]
    [InlineData("{ \"default\": { \"submission\": null } }", "line 1, column 30: The limit of submission is to be ")]
    [InlineData("{ \"default\": { \"submission\": [{}] } }", "line 1, column 30: The limit of submission is to be ")]
    [InlineData(
        "{ \"default\": { \"storage_bytes\": \"five\" } }",
        "line 1, column 33: The limit of storage_bytes is to be a whole number from 0 to 9223372036854775807, a size such as \"5 GB\" or \"5 GiB\", or \"unlimited\"."
    )]
    [InlineData("{ \"default\": 5 }", "line 1, column 14: The limits for everybody are to be an object ")]
    [InlineData("{ \"accounts\": [] }", "line 1, column 15: This is to be an object of usernames and their limits.")]
    [InlineData(
        "{ \"accounts\": { \"a\": {},\n\"a\": {} } }",
        "line 2, column 1: \"a\" stands in line 1 already; put its limits together."
    )]
    [InlineData("{ \"accounts\": { \"\": {} } }", "line 1, column 17: A name is missing between the quotes.")]
    [InlineData("{ \"default\": {}, \"default\": {} }", "line 1, column 18: \"default\" stands twice; ")]
    [InlineData(
        "{ \"default\": { \"submission\": 1, \"submission\": 2 } }",
        "line 1, column 33: \"submission\" stands twice; one limit counts."
    )]
    public void Read_FileThatIsWrong_SaysWhereAndWhat(string text, string expected)
    {
        Assert.Null(LimitsFileReader.Read(Encoding.UTF8.GetBytes(text), out var faults));
        Assert.StartsWith(expected, faults[0].Words, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SeveralFaults_AreAllTold()
    {
        LimitsFileReader.Read("""{ "default": { "submission": -1, "pages": 1 }, "others": 1 }"""u8, out var faults);
        Assert.Equal([30, 34, 48], faults.Select(fault => fault.Column));
    }

    [Fact]
    public void ChangeFrom_AnotherFile_NamesWhatDiffers()
    {
        var before = Read("""{ "accounts": { "a": { "submission": 1 }, "b": {} }, "organizations": { "o": {} } }""");
        var after = Read(
            """{ "accounts": { "a": { "submission": 2 }, "c": {} }, "organizations": { "o": {} }, "default": {} }"""
        );

        var change = after.ChangeFrom(before);

        Assert.False(change.OfEverybody);
        Assert.Equal(["a", "b", "c"], change.Accounts.Order());
        Assert.Empty(change.Organizations);
        Assert.True(after.ChangeFrom(after).IsNone);
        Assert.True(Read("""{ "default": { "submission": 0 } }""").ChangeFrom(after).OfEverybody);
    }

    private static LimitsFile Read(string text)
    {
        var file = LimitsFileReader.Read(Encoding.UTF8.GetBytes(text), out var faults);
        Assert.Empty(faults);
        return file!;
    }

    private static IEnumerable<Limit?> Values(Core.Reports.MetricValues<Limit?>? values) =>
        Enumerable.Range(0, 5).Select(index => values![index]);
}
