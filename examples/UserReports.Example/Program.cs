using UserReports.Client;

// Asks a running server in four ways. Start one with the demo command; it prints the address and the token. The token
// comes from the environment: arguments can be read by everybody on the machine.
if (args is not [var server] || Environment.GetEnvironmentVariable("USERREPORTS_TOKEN") is not { Length: > 0 } token)
{
    Console.Error.WriteLine(
        "Put the token into USERREPORTS_TOKEN, then: dotnet run --project examples/UserReports.Example -- http://127.0.0.1:5080"
    );
    return 2;
}

using var http = UserReportsClient.NewHttpClient(new Uri(server), token);
var client = new UserReportsClient(http);
try
{
    var page = await client.ListReportsAsync("is_active:true", "-service_usage__total_storage_bytes", limit: 3);
    Console.WriteLine($"{page.Count} active accounts; the three with the most stored:");
    foreach (var report in page.Results)
        Console.WriteLine($"  {report.Username, -30} {report.ServiceUsage.TotalStorageBytes, 20:N0} bytes");

    var exceeded = 0;
    await foreach (var report in client.ReadAllAsync("account_restricted:true"))
        exceeded += report.ServiceUsage.Balances.StorageBytes is { Exceeded: true } ? 1 : 0;
    Console.WriteLine($"{exceeded} rows are over their limit of storage.");

    if (page.Results is [{ UserUid: { } uid }, ..])
    {
        foreach (var report in await client.FindAccountAsync(uid))
            Console.WriteLine($"{report.Username} is {report.Organization?.Role ?? "in no organisation"}.");
    }

    using var file = await client.ExportReportsAsync("account_restricted:true", format: ExportFormat.Csv);
    await using (var target = File.Create(file.FileName ?? "user-reports.csv"))
    {
        await file.Stream.CopyToAsync(target);
        Console.WriteLine($"{file.TotalCount} rows are in {target.Name}.");
    }

    return 0;
}
catch (UserReportsException<Problem> e)
{
    Console.Error.WriteLine($"{e.Result.Code}: {e.Result.Detail}");
    return 1;
}
catch (HttpRequestException e)
{
    Console.Error.WriteLine($"The server does not answer: {e.Message}");
    return 1;
}
