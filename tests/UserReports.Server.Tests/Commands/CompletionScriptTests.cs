using System.Diagnostics;

namespace UserReports.Server.Tests.Commands;

/// <summary>The completion scripts in the shells that they are for, at a terminal, with the Tab key.</summary>
public sealed class CompletionScriptTests : IDisposable
{
    /// <summary>What is typed, and the line after Tab.</summary>
    private static readonly (string Typed, string Completed)[] Lines =
    [
        ("user-reports exp", "user-reports export "),
        ("user-reports export --form", "user-reports export --format "),
        ("user-reports export --format p", "user-reports export --format parquet "),
        ("user-reports export --format=p", "user-reports export --format=parquet "),
        ("true; user-reports completion z", "true; user-reports completion zsh "),
        ("user-reports query 'ä b' --ord", "user-reports query 'ä b' --ordering "),
        ("user-reports export --output ./onl", "user-reports export --output ./only-one "),
        ("user-reports nothing", "user-reports nothing"),
    ];

    /// <summary>Types lines into a shell at a terminal of its own, and prints what became of each.</summary>
    private const string Driver = """
        zmodload zsh/zpty
        zpty shell "$1"
        shift
        zpty -r shell out '*ready*'
        for line in "$@"; do
          zpty -w -n shell "$line"$'\t\x18\x18'
          zpty -r shell out '*<<*>>*'
          print -r -- "${${out##*<<}%%>>*}"
        done
        zpty -d shell
        """;

    private const string BashProfile = """
        PS1=
        source <(user-reports completion bash)
        bind -x '"\C-x\C-x": printf "<<%s>>\n" "$READLINE_LINE"; READLINE_LINE='
        echo ready
        """;

    private const string ZshProfile = """
        PS1= PROMPT_EOL_MARK=
        autoload -Uz compinit
        compinit -D -u
        bindkey -e
        shown() { local line=$BUFFER; BUFFER=; zle -I; print -r -- "<<$line>>" }
        zle -N shown
        bindkey '^X^X' shown
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("user-reports-").FullName;

    public CompletionScriptTests()
    {
        File.WriteAllText(Path.Combine(folder, "driver"), Driver);
        File.WriteAllText(Path.Combine(folder, "only-one"), "");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Bash_Tab_CompletesCommandsOptionsValuesAndFiles()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "profile"), BashProfile, Stop);

        Assert.Equal(Lines.Select(line => line.Completed), await TypeAsync("bash --noprofile --rcfile profile -i"));
    }

    [Fact]
    public async Task Zsh_Tab_CompletesCommandsOptionsValuesAndFiles()
    {
        await WriteZshProfileAsync("source <(user-reports completion zsh)\nprint ready\n");

        Assert.Equal(Lines.Select(line => line.Completed), await TypeAsync("zsh -d -i"));
    }

    [Fact]
    public async Task Zsh_ScriptInAFolderOfFunctions_CompletesFromTheFirstTabOn()
    {
        var script = await CommandRun.OfAsync("completion", "zsh");
        await File.WriteAllTextAsync(Path.Combine(folder, "_user-reports"), script.Output, Stop);
        await WriteZshProfileAsync("print ready\n", $"fpath=({folder} $fpath)\n");

        Assert.Equal(Lines.Select(line => line.Completed), await TypeAsync("zsh -d -i"));
    }

    [Fact]
    public async Task Fish_AskedForCompletions_OffersCommandsOptionsValuesAndFiles()
    {
        Need("fish");

        var offered = await RunAsync(
            "fish",
            [
                "--no-config",
                "-c",
                "user-reports completion fish | source; for line in $argv; complete -C $line; end",
                "user-reports exp",
                "user-reports export --form",
                "user-reports export --format p",
                "user-reports query 'ä b' --ord",
                "user-reports export --output ./onl",
                "user-reports export -o ./onl",
                "user-reports nothing",
            ]
        );

        Assert.Equal(["export", "--format", "parquet", "--ordering", "./only-one", "./only-one"], offered);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static void Need(string shell) =>
        Assert.SkipUnless(
            Environment
                .GetEnvironmentVariable("PATH")!
                .Split(Path.PathSeparator)
                .Any(place => File.Exists(Path.Combine(place, shell))),
            $"There is no {shell} here; ./test installs it."
        );

    private Task WriteZshProfileAsync(string end, string beginning = "") =>
        File.WriteAllTextAsync(Path.Combine(folder, ".zshrc"), beginning + ZshProfile + "\n" + end, Stop);

    /// <summary>zsh has terminals for other shells, too.</summary>
    private Task<string[]> TypeAsync(string shell)
    {
        Need("zsh");
        return RunAsync("zsh", ["-f", "driver", shell, .. Lines.Select(line => line.Typed)]);
    }

    private async Task<string[]> RunAsync(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["PATH"] = AppContext.BaseDirectory + Path.PathSeparator + start.Environment["PATH"];
        start.Environment["ZDOTDIR"] = folder;
        start.Environment["HOME"] = folder;
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["TERM"] = "xterm";
        // The program is started by its own name, and the tests perhaps by that of the runtime.
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(
            Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", "..")
        );
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        limit.CancelAfter(TimeSpan.FromMinutes(3));
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
