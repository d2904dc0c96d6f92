using UserReports.Server.Commands;
using UserReports.Server.Configuration;

// Before anything is written.
PrivateFiles.MakeOnly();
return await CommandLine.RunAsync(args, Terminal.OfProcess());
