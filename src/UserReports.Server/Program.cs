using UserReports.Server.Commands;

return await CommandLine.RunAsync(args, Terminal.OfProcess());
