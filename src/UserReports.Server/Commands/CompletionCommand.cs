using System.CommandLine;
using System.Text.RegularExpressions;

namespace UserReports.Server.Commands;

/// <summary><c>completion</c></summary>
internal static partial class CompletionCommand
{
    private static readonly Argument<string> Shell = new("shell") { Description = "bash, zsh or fish." };

    /// <summary>Each asks the program itself what may follow, so that a script never goes out of date.</summary>
    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["bash"] = """
            _user_reports() {
              local IFS=$'\n' word=${COMP_WORDS[COMP_CWORD]}
              # Right after the = of --option=value that sign is the word.
              COMPREPLY=($(compgen -W "$(user-reports "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${word#=}"))
            }
            complete -o default -F _user_reports user-reports
            """,
        // Within quotes nothing but a file's name can be told; in a folder of $fpath the script is the function.
        ["zsh"] = """
            #compdef user-reports
            _user-reports() {
              local line="${(j: :)words[1,CURRENT-1]} $PREFIX"
              local -a found
              if [[ -z $QIPREFIX ]]; then
                found=("${(@f)$(user-reports "[suggest:${#line}]" "$line" 2>/dev/null)}")
                found=("${(@)found:#}")
              fi
              compset -P '--*='
              if (( $#found )); then compadd -a found; else _files; fi
            }
            if [[ $funcstack[1] == _user-reports ]]; then _user-reports; else compdef _user-reports user-reports; fi
            """,
        ["fish"] = """
            complete -f -c user-reports -a '(user-reports "[suggest:"(string length -- (commandline -cp))"]" (commandline -cp))'
            complete -c user-reports -l output -s o -r -F
            complete -c user-reports -l data -r -F
            """,
    };

    /// <summary>
    /// What a script asks, so that the library can answer: it knows nothing of values that an option holds behind a
    /// <c>=</c>, and ends with an error.
    /// </summary>
    public static IReadOnlyList<string> Readable(IReadOnlyList<string> args) =>
        args is [var directive, var line] && directive.StartsWith("[suggest", StringComparison.Ordinal)
            ? [directive, OptionWithValue().Replace(line, "$1 ")]
            : args;

    static CompletionCommand() => Shell.AcceptOnlyFromAmong([.. Scripts.Keys]);

    public static Command Create(Terminal terminal) =>
        new Command("completion", "Print a script that completes commands and options in a shell.") { Shell }
            .WithExample("source <(user-reports completion bash)")
            .Does(
                terminal,
                async (parsed, _) =>
                {
                    await terminal.Out.WriteLineAsync(Scripts[parsed.GetValue(Shell)!]);
                    return ExitCode.Done;
                }
            );

    [GeneratedRegex(@"(?<=\s)(--[\w-]+)=(?=\S*$)")]
    private static partial Regex OptionWithValue();
}
