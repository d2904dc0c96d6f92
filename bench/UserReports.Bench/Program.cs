using BenchmarkDotNet.Running;
using UserReports.Bench;

if (args is ["loops", .. var loops])
{
    BenchmarkSwitcher.FromAssembly(typeof(Everything).Assembly).Run(loops.Length == 0 ? ["--filter", "*"] : loops);
    return 0;
}

return await BenchCommands.Create().Parse(args).InvokeAsync();
