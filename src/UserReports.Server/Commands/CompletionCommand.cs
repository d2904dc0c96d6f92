using System.CommandLine;

namespace UserReports.Server.Commands;

/// <summary><c>completion</c></summary>
internal static class CompletionCommand
{
    private static readonly Argument<string> Shell = new("shell") { Description = "bash, zsh or fish." };

    /// <summary>Each asks the program itself what may follow, so that a script never goes out of date.</summary>
    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["bash"] = """
            _user_reports() {
              local IFS=$'\n'
              COMPREPLY=($(compgen -W "$(user-reports "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o default -F _user_reports user-reports
            """,
        ["zsh"] = """
            #compdef user-reports
            _user_reports() {
              local -a words_found
              words_found=("${(@f)$(user-reports "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
              compadd -a words_found
            }
            compdef _user_reports user-reports
            """,
        ["fish"] = """
            complete -f -c user-reports -a '(user-reports "[suggest:"(string length -- (commandline -cp))"]" (commandline -cp))'
            """,
    };

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
}
