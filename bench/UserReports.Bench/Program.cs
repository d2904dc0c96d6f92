using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;
using UserReports.Bench;

if (args is ["loops", .. var loops])
{
    BenchmarkSwitcher
        .FromAssembly(typeof(Everything).Assembly)
        .Run(
            loops.Length == 0 ? ["--filter", "*"] : loops,
            DefaultConfig.Instance.WithArtifactsPath("artifacts/bench/loops")
        );
    return 0;
}

return await BenchCommands.Create().Parse(args).InvokeAsync();
