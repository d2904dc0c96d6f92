using System.Text.RegularExpressions;

namespace UserReports.Architecture.Tests;

/// <summary>What the style forbids and no analyzer looks for.</summary>
public sealed partial class TidyTests
{
    private const int LineLengthMax = 120;
    private const int FileLinesMax = 400;
    private const int TestFileLinesMax = 500;
    private const int ClassLinesMax = 500;
    private const int RoomFilesMax = 15;

    /// <summary>The words are put together here so that this file does not break its own rule.</summary>
    private static readonly string[] Leftovers =
    [
        "TO" + "DO",
        "FIX" + "ME",
        "HA" + "CK",
        "<<<<" + "<<<",
        ">>>>" + ">>>",
    ];

    private static readonly string[] VagueNames =
    [
        "Util",
        "Utils",
        "Helper",
        "Helpers",
        "Common",
        "Misc",
        "Manager",
        "Managers",
    ];

    private static readonly string[] SourceFolders = ["src", "tests", "bench", "examples"];

    /// <summary>A literal is not broken only to fit: what counts is the line without the words in its quotes.</summary>
    [Fact]
    public void Line_OfSource_FitsTheWidth() =>
        Rule.Holds(
            from file in Sources(".cs", ".css", ".js", ".sql", ".csproj")
            from line in OutsideRawLiterals(Checkout.Read(file))
            where Literal().Replace(line.Item.TrimEnd('\r'), "\"\"").Length > LineLengthMax
            select $"{file}:{line.Index + 1} has {line.Item.Length} characters, at most {LineLengthMax} are allowed"
        );

    [Fact]
    public void File_OfSource_IsNotTooLong() =>
        Rule.Holds(
            from file in Sources(".cs", ".razor", ".css", ".js")
            let lines = Checkout.Read(file).Count(character => character == '\n')
            let most = file.StartsWith("tests/", StringComparison.Ordinal) ? TestFileLinesMax : FileLinesMax
            where lines > most
            select $"{file} has {lines} lines, at most {most} are allowed"
        );

    /// <summary>A class in several files is one class.</summary>
    [Fact]
    public void Class_OfSeveralFiles_IsNotTooLong() =>
        Rule.Holds(
            from file in Sources(".cs")
            let text = Checkout.Read(file)
            from name in PartialClass().Matches(text).Select(match => match.Groups[1].Value).Distinct()
            group text.Count(character => character == '\n') by $"{file[..file.LastIndexOf('/')]}/{name}" into files
            where files.Sum() > ClassLinesMax
            select $"{files.Key} has {files.Sum()} lines, at most {ClassLinesMax} are allowed"
        );

    [Fact]
    public void Room_OfSource_HoldsNoMoreThanOneLooksAtAtOnce() =>
        Rule.Holds(
            from file in Checkout.Files("src", ".cs", ".razor")
            group file by file[..file.LastIndexOf('/')] into room
            where room.Count() > RoomFilesMax
            select $"{room.Key} has {room.Count()} files, at most {RoomFilesMax} are allowed"
        );

    [Fact]
    public void Line_OfAnything_HoldsNoLeftover() =>
        Rule.Holds(
            from file in Texts()
            from line in Checkout.Read(file).Split('\n').Index()
            from word in Leftovers
            where line.Item.Contains(word, StringComparison.Ordinal)
            select $"{file}:{line.Index + 1} holds {word}"
        );

    [Fact]
    public void Text_OfAnything_NamesNoPlaceOutsideTheCheckout() =>
        Rule.Holds(
            from file in Texts()
            // The folder of the account in .NET's images is no place of this machine.
            let text = Checkout.Read(file).Replace("/home" + "/app", "", StringComparison.Ordinal)
            from place in new[] { "../sha" + "red", "/wo" + "rk/", "/home" + "/" }
            where text.Contains(place, StringComparison.Ordinal)
            select $"{file} names {place}"
        );

    [Fact]
    public void Name_OfTypeOrFolder_SaysWhatItIs() =>
        Rule.Holds(
            from file in Sources(".cs", ".razor")
            from name in file.Split('/').Select(Path.GetFileNameWithoutExtension).Concat(TypesIn(file))
            where VagueNames.Any(vague => name!.EndsWith(vague, StringComparison.Ordinal))
            select $"{file}: {name} says nothing"
        );

    [Fact]
    public void Code_OfSource_CatchesNothingBlindly() =>
        Rule.Holds(
            from file in Sources(".cs", ".razor")
            where BareCatch().IsMatch(Checkout.Read(file))
            select $"{file} has a catch without a type"
        );

    [GeneratedRegex(@"""(?:[^""\\]|\\.)*""")]
    private static partial Regex Literal();

    /// <summary>A catch that tidies up and throws again may leave the type out.</summary>
    [GeneratedRegex(@"\bcatch\s*\{(?![^}]*\bthrow;)")]
    private static partial Regex BareCatch();

    [GeneratedRegex(
        @"^\s*(?:public|internal|private|file)[\w\s]*\b(?:class|record|struct|interface|enum)\s+(\w+)",
        RegexOptions.Multiline
    )]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex(@"\bpartial class (\w+)")]
    private static partial Regex PartialClass();

    private static IEnumerable<(int Index, string Item)> OutsideRawLiterals(string text)
    {
        var isInside = false;
        foreach (var line in text.Split('\n').Index())
        {
            var quotes = RawQuotes().Count(line.Item);
            if (!isInside)
                yield return line;
            isInside ^= quotes % 2 == 1;
        }
    }

    [GeneratedRegex("\"\"\"+")]
    private static partial Regex RawQuotes();

    private static IEnumerable<string> TypesIn(string file) =>
        TypeDeclaration().Matches(Checkout.Read(file)).Select(match => match.Groups[1].Value);

    /// <summary>What people write: generated code is laid out by its generator.</summary>
    private static IEnumerable<string> Sources(params string[] extensions) =>
        SourceFolders
            .SelectMany(folder => Checkout.Files(folder, extensions))
            .Where(file => !file.EndsWith(".g.cs", StringComparison.Ordinal) && !IsModelOfMigrations(file));

    private static bool IsModelOfMigrations(string file) =>
        file.Contains("/Migrations/", StringComparison.Ordinal)
        && (
            file.EndsWith(".Designer.cs", StringComparison.Ordinal)
            || file.EndsWith("ModelSnapshot.cs", StringComparison.Ordinal)
        );

    private static IEnumerable<string> Texts() =>
        Checkout
            .Files(".")
            .Where(file =>
                Path.GetExtension(file)
                    is ".cs"
                        or ".razor"
                        or ".css"
                        or ".js"
                        or ".md"
                        or ".sql"
                        or ".csproj"
                        or ".props"
                        or ".yml"
                        or ".html"
                        or ".json"
                        or ".sh"
                        or ""
                && !file.EndsWith("packages.lock.json", StringComparison.Ordinal)
            );
}
