using System.Runtime.InteropServices;

// A ClickHouse server out of the library libchdb.so: eng/clickhouse.sh starts it and ends it by its process id.
// Arguments: the library, the configuration, the folder for data, the address that it listens on, the port of HTTP, the
// port of the native protocol.
if (args is not [var library, var configuration, var folder, var address, var httpPort, var nativePort])
{
    await Console.Error.WriteLineAsync("Arguments: LIBRARY CONFIGURATION FOLDER ADDRESS HTTP_PORT NATIVE_PORT");
    return 2;
}

// The library runs one statement and ends; this one lasts for days, and before it the server begins to listen.
const string Listen =
    "SYSTEM START LISTEN HTTP; SYSTEM START LISTEN TCP; SELECT sum(sleepEachRow(1)) FROM numbers(1000000) "
    + "SETTINGS max_block_size = 1, function_sleep_max_microseconds_per_block = 1000000000000";
return Host.Run(
    library,
    [
        "clickhouse",
        $"--config-file={configuration}",
        $"--path={folder}",
        $"--http_port={httpPort}",
        $"--tcp_port={nativePort}",
        $"--listen_host={address}",
        "--query",
        Listen,
    ]
);

/// <summary>The library's one entry point that is needed, and what it says when it fails.</summary>
internal static unsafe class Host
{
    public static int Run(string library, string[] arguments)
    {
        var loaded = NativeLibrary.Load(library);
        var run = (delegate* unmanaged[Cdecl]<int, byte**, nint>)NativeLibrary.GetExport(loaded, "chdb_query_cmdline");
        var error = (delegate* unmanaged[Cdecl]<nint, nint>)NativeLibrary.GetExport(loaded, "chdb_result_error");
        // Both live as long as the process.
        var list = (byte**)NativeMemory.AllocZeroed((nuint)(arguments.Length + 1), (nuint)sizeof(byte*));
        for (var i = 0; i < arguments.Length; i++)
            list[i] = (byte*)Marshal.StringToCoTaskMemUTF8(arguments[i]);
        var said = Marshal.PtrToStringUTF8(error(run(arguments.Length, list)));
        Console.Error.WriteLine(said);
        return string.IsNullOrEmpty(said) ? 0 : 1;
    }
}
