using System.CommandLine;
using UserReports.Core.Figures;
using UserReports.Server.Export;
using UserReports.Server.Export.Csv;
using UserReports.Server.Requests;

namespace UserReports.Server.Commands.Answers;

/// <summary><c>export</c></summary>
internal static class ExportCommand
{
    private static readonly Option<string?> Q = new("--q")
    {
        Description = "The query; every row without it.",
        HelpName = "QUERY",
    };

    private static readonly Option<string> Format = QueryCommand.OneOf(
        new("--format") { Description = "The file's format; by default what the name of --output ends in." },
        [.. ExportFormat.All.Select(format => format.Name)]
    );

    private static readonly Option<bool> Bom = new("--bom")
    {
        Description = "Begin a csv file with a byte order mark, by which Excel knows that it is UTF-8.",
    };

    private static readonly Option<string> Output = new("--output", "-o")
    {
        Description = "The file to write; it appears when it is complete. A hyphen for standard output.",
        HelpName = "FILE",
        Required = true,
    };

    public static Command Create(Terminal terminal)
    {
        var command = new Command("export", "Write all rows of a query to a file.")
        {
            Q,
            QueryCommand.Ordering,
            QueryCommand.Fields,
            QueryCommand.At,
            Format,
            Bom,
            Output,
        };
        AnswerOptions.AddTo(command);
        return command
            .WithExample(
                "user-reports export --q 'account_restricted:true' --format parquet --output restricted.parquet"
            )
            .Does(terminal, (parsed, token) => RunAsync(terminal, parsed, token));
    }

    private static async Task<int> RunAsync(Terminal terminal, ParseResult parsed, CancellationToken cancellationToken)
    {
        var file = parsed.GetValue(Output)!;
        var format =
            ExportFormat.Find(parsed.GetValue(Format) ?? Path.GetExtension(file).TrimStart('.'))
            ?? throw new CommandException(
                $"The format cannot be told from the name '{file}'. Give --format with one of {ExportFormat.Names}.",
                ExitCode.WrongUsage
            );
        var bom = parsed.GetValue(Bom);
        if (bom && CsvStyle.WhyNoMark(format) is { } why)
            throw new CommandException($"{why} Leave out --bom.", ExitCode.WrongUsage);
        var request = new ExportRequest(
            new(parsed.GetValue(Q), parsed.GetValue(QueryCommand.Ordering), parsed.GetValue(QueryCommand.Fields))
            {
                At = parsed.GetValue(QueryCommand.At),
            },
            format,
            bom
        );
        await using var answers = AnswerOptions.Open(parsed, terminal);
        ExportAnswer written;
        if (file == "-")
        {
            await using var standard = Console.OpenStandardOutput();
            written = await WriteAsync(terminal, answers, request, standard, cancellationToken);
        }
        else if (OpenSpecial(file) is { } special)
        {
            await using (special)
                written = await WriteAsync(terminal, answers, request, special, cancellationToken);
        }
        else
        {
            // Whoever finds the file finds all of it.
            var unfinished = file + ".unfinished";
            try
            {
                await using (var stream = File.Create(unfinished))
                    written = await WriteAsync(terminal, answers, request, stream, cancellationToken);
                File.Move(unfinished, file, overwrite: true);
            }
            finally
            {
                File.Delete(unfinished);
            }
        }

        await terminal.Error.WriteLineAsync(
            $"{Counted.Of(written.Rows, "row")} written to {(file == "-" ? "standard output" : file)}."
        );
        await terminal.WarnAsync(written.Warnings);
        return ExitCode.Done;
    }

    /// <summary>
    /// Devices and pipes, such as <c>/dev/null</c> and <c>/dev/stdout</c>, are written to: a finished file must not
    /// take their place. Null for everything else.
    /// </summary>
    private static FileStream? OpenSpecial(string path)
    {
        if (!File.Exists(path))
            return null;
        var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        try
        {
            // Only a regular file has a length that can be set.
            RandomAccess.SetLength(stream.SafeFileHandle, RandomAccess.GetLength(stream.SafeFileHandle));
        }
        catch (Exception e) when (e is IOException or NotSupportedException or ArgumentException)
        {
            return stream;
        }

        stream.Dispose();
        return null;
    }

    private static Task<ExportAnswer> WriteAsync(
        Terminal terminal,
        IReportAnswers answers,
        ExportRequest request,
        Stream output,
        CancellationToken cancellationToken
    ) =>
        ProgressDisplay.RunAsync(
            terminal,
            "Exporting",
            "row",
            null,
            progress => answers.ExportAsync(request, output, progress, cancellationToken)
        );
}
