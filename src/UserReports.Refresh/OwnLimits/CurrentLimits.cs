using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using UserReports.Core.Billing;
using UserReports.Core.LimitsFiles;
using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Sources;

namespace UserReports.Refresh.OwnLimits;

/// <summary>
/// The operator's own limits as they count now: the last file that was right, with its names looked up on the platform.
/// </summary>
/// <param name="path">The file, or null for no limits of one's own.</param>
public sealed class CurrentLimits(string? path, IReportSource source, TimeProvider time, ILogger<CurrentLimits> logger)
    : IDisposable
{
    private const int NearAtMost = 1_000;

    /// <summary>So many names that there are not get the one that was meant; the others are counted.</summary>
    private const int NamesToldMax = 20;

    private readonly SemaphoreSlim loading = new(1);
    private LimitsStamp? readAs;
    private LimitsFile? file;
    private OperatorLimits? limits;

    /// <summary>What is known of the file.</summary>
    public LimitsState State { get; private set; } = new(path, null, 0, [], []);

    /// <summary>The last file that was right; null if none was yet, or there is to be none.</summary>
    public LimitsFile? File => path is null ? LimitsFile.Empty : Volatile.Read(ref file);

    /// <summary>The limits to compute with; looked up first if they were not yet.</summary>
    /// <inheritdoc cref="ResolveAsync"/>
    public async ValueTask<OperatorLimits> GetAsync(CancellationToken cancellationToken)
    {
        if (path is null)
            return OperatorLimits.None;
        if (Volatile.Read(ref limits) is null)
            await ResolveAsync(cancellationToken);
        return Volatile.Read(ref limits)!;
    }

    /// <summary>
    /// Reads the file if it is another one than before. One that is wrong, or gone, changes nothing: the limits before
    /// stay, and the state says why.
    /// </summary>
    /// <returns>True if it was read, and was right.</returns>
    public async Task<bool> ReloadAsync(CancellationToken cancellationToken)
    {
        if (path is null)
            return false;
        await loading.WaitAsync(cancellationToken);
        try
        {
            var stamp = LimitsStamp.Of(path);
            if (stamp == readAs)
                return false;
            readAs = stamp;
            if (await ReadAsync(path, cancellationToken) is not var (read, digest))
                return false;
            Volatile.Write(ref file, read);
            State = new(path, time.GetUtcNow(), read.Accounts.Count + read.Organizations.Count, [], State.Warnings)
            {
                Digest = digest,
            };
            LimitsLog.Read(logger, path, read.Accounts.Count, read.Organizations.Count);
            return true;
        }
        finally
        {
            loading.Release();
        }
    }

    /// <summary>
    /// Looks the file's names up on the platform, whose accounts and organisations come and go: before a run, and when
    /// the file is another one.
    /// </summary>
    /// <exception cref="LimitsException">No file was right since the start.</exception>
    /// <exception cref="SourceException">The platform cannot be asked.</exception>
    public async Task ResolveAsync(CancellationToken cancellationToken)
    {
        if (path is null)
            return;
        await ReloadAsync(cancellationToken);
        var known = File ?? throw new LimitsException(State.Problem ?? $"{path} was not read yet.");
        var names = await source.FindNamesAsync(
            [.. known.Accounts.Keys],
            [.. known.Organizations.Keys],
            cancellationToken
        );
        Volatile.Write(
            ref limits,
            new(
                known.Default,
                known
                    .Accounts.Where(entry => names.Accounts.ContainsKey(entry.Key))
                    .Select(entry => KeyValuePair.Create(names.Accounts[entry.Key], entry.Value.Limits)),
                known.Organizations.Select(entry => KeyValuePair.Create(entry.Key, entry.Value.Limits))
            )
        );
        State = State with { Warnings = await WarningsAsync(known, names, cancellationToken) };
    }

    /// <inheritdoc/>
    public void Dispose() => loading.Dispose();

    private async Task<(LimitsFile File, string Digest)?> ReadAsync(string from, CancellationToken cancellationToken)
    {
        IReadOnlyList<LimitsFault> faults;
        try
        {
            var bytes = await System.IO.File.ReadAllBytesAsync(from, cancellationToken);
            if (LimitsFileReader.Read(bytes, out faults) is { } read)
                return (read, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults =
            [
                new(
                    0,
                    0,
                    e is FileNotFoundException or DirectoryNotFoundException ? "There is no such file." : e.Message
                ),
            ];
        }

        State = State with { Faults = faults };
        LimitsLog.Wrong(
            logger,
            State.Problem!,
            file is null ? "No run begins until it is right" : "The limits before stay"
        );
        return null;
    }

    private async Task<IReadOnlyList<DataWarning>> WarningsAsync(
        LimitsFile known,
        KnownNames names,
        CancellationToken cancellationToken
    )
    {
        List<DataWarning> warnings = [];
        var unknown = known.Accounts.Where(entry => !names.Accounts.ContainsKey(entry.Key)).ToList();
        foreach (var (name, entry) in unknown.Take(NamesToldMax))
        {
            var near = NearestNames.Of(name, await source.UsernamesNearAsync(name, NearAtMost, cancellationToken));
            var meant = near is [var nearest, ..] ? $"; is \"{nearest}\" meant?" : ".";
            warnings.Add(new($"limits line {entry.Line}", $"There is no account \"{name}\"{meant}"));
        }

        var missing = known.Organizations.Where(entry => !names.Organizations.Contains(entry.Key)).ToList();
        foreach (var (id, entry) in missing.Take(NamesToldMax))
            warnings.Add(new($"limits line {entry.Line}", $"There is no organisation \"{id}\"."));
        var more = Math.Max(0, unknown.Count - NamesToldMax) + Math.Max(0, missing.Count - NamesToldMax);
        if (more > 0)
            warnings.Add(new("limits", $"{more} further names are not on the platform."));
        return warnings;
    }
}
