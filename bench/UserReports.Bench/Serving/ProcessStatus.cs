using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace UserReports.Bench.Serving;

/// <summary>What the system knows about a process that we started.</summary>
internal static class ProcessStatus
{
    private const long KibiByte = 1024;

    /// <summary>A line of its status in bytes, such as <c>VmRSS</c> or <c>VmHWM</c>; null once it has ended.</summary>
    public static long? Bytes(int processId, string name)
    {
        try
        {
            var line = File.ReadLines($"/proc/{processId.ToString(CultureInfo.InvariantCulture)}/status")
                .FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.Ordinal));
            return line is null
                ? null
                : KibiByte
                    * long.Parse(line.AsSpan(name.Length + 1).Trim().TrimEnd(" kB"), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Processor time of all its threads since its start; null once it has ended.</summary>
    public static TimeSpan? ProcessorTime(Process process)
    {
        try
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            return null;
        }
    }
}
