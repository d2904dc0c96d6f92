using System.Diagnostics;

namespace UserReports.Architecture.Tests;

/// <summary>What <c>./test</c> does with the projects: its own functions in a shell, over programs that stand
/// in.</summary>
public sealed class TestRunTests : IDisposable
{
    /// <summary>
    /// Three projects, of which the name says how their program ends; each waits until it is told to go on, or until a
    /// second one has begun.
    /// </summary>
    private const string Prelude = """
        set -euo pipefail
        . "$1/eng/test-projects.sh"
        mode=usual configuration=Release results=$PWD/results broken=0 postgres_folder=
        mkdir -p results tests/Good.Tests tests/Bad.Tests tests/Crashing.Tests
        echo '[Fact] // a longer file' >tests/Good.Tests/a.cs
        echo '[Fact]' | tee tests/Bad.Tests/b.cs >tests/Crashing.Tests/c.cs
        step() { echo "== $1"; }
        dotnet() {
          echo "begins" >>begun
          echo "$*" >>arguments
          case $1 in
            *Good*) echo 'UserReports.One'; return 0 ;;
            *Bad*) echo '<Counters total="3" passed="1" failed="2" error="0" notExecuted="0" />' >"$results/Bad.trx"; return 2 ;;
            *) return 134 ;;
          esac
        }

        """;

    private readonly string folder = Directory.CreateTempSubdirectory("user-reports-run-").FullName;

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task RunProjects_OneCrashes_IsBrokenAndTheOthersAreRun()
    {
        var (said, errors) = await RunAsync(
            """
            run_projects $(projects_with "")
            echo "broken: $broken, failed: $(counter failed), passed: $(counter passed)"
            """
        );

        Assert.Contains("broken: 1, failed: 2, passed: 1", said, StringComparison.Ordinal);
        Assert.Equal("Crashing.Tests ended with exit code 134.", errors.Trim());
        foreach (var name in (string[])["Good", "Bad", "Crashing"])
            Assert.Contains($"== {name}.Tests\n", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunProjects_Three_AreNeverMoreThanTwoAtATime()
    {
        var (said, _) = await RunAsync(
            """
            dotnet() {
              local at=0
              echo + >>running
              # The first two wait for each other: one after the other they would never end.
              while [ "$(wc -l <running)" -lt 2 ] && [ "$at" -lt 6000 ]; do at=$((at + 1)); read -rt 0.01 <> <(:) || true; done
              [ "$(grep -c + running)" -le $(($(grep -c - running || true) + 2)) ] || echo "too many" >>"$results/many"
              echo - >>running
            }
            run_projects Good.Tests Bad.Tests Crashing.Tests
            [ ! -e "$results/many" ] && echo "begun: $(grep -c + running)"
            """
        );

        Assert.EndsWith("begun: 3\n", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("usual", "--filter-not-trait Category=Long", "--coverlet")]
    [InlineData("fast", "--filter-not-trait Category=Long", "--filter-not-trait Category=Random")]
    [InlineData("long", "--filter-trait Category=Random", "--filter-trait Category=Long")]
    public async Task RunProject_InEachMode_ChoosesByTheMarks(string mode, string option, string another)
    {
        await RunAsync($"mode={mode}\nrun_project Good.Tests");

        var arguments = await File.ReadAllTextAsync(Path.Combine(folder, "arguments"), Stop);
        Assert.Contains(option, arguments, StringComparison.Ordinal);
        Assert.Contains(another, arguments, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EndCompiler_OneOfTwoIsNamed_EndsThatOneAndTellsItsTime()
    {
        var (said, _) = await RunAsync(
            """
            sh -c 'while :; do read -r line; done' compiler -pipename:ours <> <(:) & ours=$!
            sh -c 'while :; do read -r line; done' compiler -pipename:ours-too <> <(:) & theirs=$!
            for pid in "$ours" "$theirs"; do until grep -qz '^-pipename' "/proc/$pid/cmdline"; do :; done; done
            end_compiler ours
            wait "$ours" || echo "ended: $?"
            kill "$theirs" && echo "the other ran"
            awk '{ print "numbers: " NF }' "$results/compiler.time"
            """
        );

        Assert.Equal("ended: 143\nthe other ran\nnumbers: 2\n", said);
    }

    [Fact]
    public async Task TellLong_SomeAreMarked_CountsThemByClass()
    {
        var (said, _) = await RunAsync(
            """
            echo '[Trait("Category", "Long")]' >>tests/Good.Tests/a.cs
            dotnet() {
              echo 'The following tests:'
              printf '  UserReports.%s\n' 'Some.Tests.Soak.Of_A_Thing' 'Some.Tests.Soak.Of(q: "a.b:(c)")' 'Some.Tests.Two.Of_B'
            }
            tell_long
            """
        );

        Assert.Equal(
            "left to --long: UserReports.Some.Tests.Soak (2)\nleft to --long: UserReports.Some.Tests.Two (1)\n",
            said
        );
    }

    [Fact]
    public async Task TellFailures_SomeFailed_SaysThemOnceMoreWithTheirReasons()
    {
        var (said, _) = await RunAsync(
            """
            printf '%s\n' 'passed One (2ms)' 'failed Two (3ms)' '  Assert.Equal() Failure' '    at Two' 'passed Three' '  said' \
              >"$results/Bad.Tests.log"
            tell_failures
            """
        );

        Assert.Equal("Bad.Tests: failed Two (3ms)\n  Assert.Equal() Failure\n    at Two\n", said);
    }

    [Fact]
    public async Task TellLong_TheMarkStandsInATextOnly_NamesNone()
    {
        var (said, _) = await RunAsync(
            """
            echo 'const string Mark = "Category", "Long";' >>tests/Good.Tests/a.cs
            dotnet() { echo 'Zero tests ran'; return 8; }
            tell_long
            echo "went on"
            """
        );

        Assert.Equal("went on\n", said);
    }

    [Fact]
    public async Task TellProcessorTime_OfParts_TellsDearestFirstAndTheSum()
    {
        var (said, _) = await RunAsync(
            """
            echo '2.50 0.50' >"$results/build.time"
            echo '60.00 9.00' >"$results/Some.Tests.time"
            timed nothing true
            tell_processor_time
            """
        );

        Assert.Equal(
            ["Processor seconds:", "69.0  Some.Tests", "3.0  build", "0.0  nothing", "72.0  in all (1.2 minutes)"],
            said.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        );
    }

    [Fact]
    public async Task Timed_CommandFails_EndsAsItEndedAndKeepsItsErrors()
    {
        var (said, errors) = await RunAsync(
            """
            failing() { echo "why" >&2; return 7; }
            timed failing failing || echo "ended with $?"
            """
        );

        Assert.Equal(("ended with 7\n", "why\n"), (said, errors));
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private async Task<(string Said, string Errors)> RunAsync(string script)
    {
        var start = new ProcessStartInfo("bash", ["-c", Prelude + script, "bash", Checkout.Root])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(Stop);
        var said = await process.StandardOutput.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        Assert.True(process.ExitCode == 0, said + await errors);
        return (said, await errors);
    }
}
