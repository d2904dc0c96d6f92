using System.Net;
using UserReports.Refresh;
using UserReports.Server.Configuration.History;
using UserReports.Sources;
using UserReports.Store.ClickHouse;
using UserReports.Store.DuckDb;
using static UserReports.Server.Configuration.SettingKinds;

namespace UserReports.Server.Configuration;

/// <summary>Every setting of the service: the only place where one is declared, with <see cref="NameSettings"/>.</summary>
/// <remarks>What is read from the configuration, the errors and docs/settings.md follow from it.</remarks>
public static class SettingsTable
{
    /// <summary>What the parts take for themselves where nobody says otherwise.</summary>
    private static readonly RefreshSettings Usual = new();

    /// <inheritdoc cref="Usual"/>
    private static readonly SourceSettings UsualSources = new("", "");

    /// <inheritdoc cref="Usual"/>
    private static readonly StoreSettings UsualStore = new("");

    /// <summary>Accounts and organisations.</summary>
    public static readonly Setting<string> Platform = Source(
        "Sources:Platform",
        "The platform database, read with a role that may only SELECT; a replica will do."
    );

    /// <summary>Submission counters and stored bytes.</summary>
    public static readonly Setting<string> Usage = Source(
        "Sources:Usage",
        "The usage database, read with a role that may only SELECT; a replica will do."
    );

    /// <summary>How long one statement may take.</summary>
    public static readonly Setting<TimeSpan?> StatementTimeout = Duration(
        "Sources:StatementTimeout",
        UsualSources.StatementTimeout,
        "00:00:01",
        "1.00:00:00",
        "How long one statement may take in a source."
    );

    /// <summary>Where the reports are.</summary>
    public static readonly Setting<string> Store = new(
        "Store",
        "Data Source=data/reports.duckdb",
        "Data Source=FILE, or a connection string such as Host=ch1,ch2;Port=8123;Database=user_reports;Cluster=reports;Username=reports;Password=…;Protocol=https",
        "Where the reports are kept: in files of this machine, and other files are made beside FILE; or in ClickHouse, on one server or, with Cluster, on those of a cluster, and other files are made in the folder data. Several hosts are tried in turn.",
        text =>
            !ClickHouseSettings.IsMeant(text) ? DataSourceOf(text)
            : ClickHouseSettings.IsValid(text) ? text
            : null
    )
    {
        IsSecret = true,
    };

    /// <summary>Memory for queries.</summary>
    public static readonly Setting<int?> QueryMemory = Whole(
        "Reports:QueryMemoryMegabytes",
        StoreSettings.UsualMegabytes,
        128,
        1_048_576,
        "Memory that all queries together may use in the store."
    );

    /// <summary>Queries at once.</summary>
    public static readonly Setting<int?> ConcurrentQueries = Whole(
        "Reports:ConcurrentQueries",
        UsualStore.ConcurrentQueries,
        1,
        256,
        "Queries that run at once; more wait in line, accounts in turn. One place is kept for short queries, so the default is one more than "
            + "the number of processors, at least 3."
    );

    /// <summary>How long a query may run.</summary>
    public static readonly Setting<TimeSpan?> QueryTime = Duration(
        "Reports:QueryTime",
        UsualStore.QueryTime,
        "00:00:01",
        "1.00:00:00",
        "How long one query may run in the store; one that is estimated to take longer alone is refused at once."
    );

    /// <summary>Time between runs.</summary>
    public static readonly Setting<TimeSpan?> Interval = Duration(
        "Refresh:Interval",
        Usual.Interval,
        "00:00:10",
        "30.00:00:00",
        "Time from the end of a completed run to the next."
    );

    /// <summary>Whether a start begins a run.</summary>
    public static readonly Setting<bool?> OnStart = Flag(
        "Refresh:OnStart",
        Usual.OnStart,
        "Whether a start of the service begins a run, however young the last one is."
    );

    /// <summary>The size of a range.</summary>
    public static readonly Setting<int?> AccountsPerRange = Whole(
        "Refresh:AccountsPerRange",
        Usual.AccountsPerRange,
        1,
        1_000_000,
        "Accounts of a range: what a worker takes up, what is done again after a failure, the step of the progress."
    );

    /// <summary>Ranges in flight.</summary>
    public static readonly Setting<int?> Parallelism = Whole(
        "Refresh:Parallelism",
        Usual.Workers,
        1,
        64,
        "Ranges in work at once; memory grows with it. By default the number of processors, at least 2, and one more for `user-reports refresh`, which answers nobody."
    );

    /// <summary>Whether the generation before stays.</summary>
    public static readonly Setting<bool?> KeepPrevious = Flag(
        "Refresh:KeepPrevious",
        UsualStore.KeepsPrevious,
        "Keep the rows of the run before until the next run begins, to serve them if the present file is found damaged, and to be compared with; doubles the room between runs."
    );

    /// <summary>Rows of a commit.</summary>
    public static readonly Setting<int?> CommitRows = Whole(
        "Refresh:CommitRows",
        Usual.CommitRows,
        1,
        1_000_000,
        "Rows that are written at once: fewer are slower, more cost memory and are more to do again after a crash."
    );

    /// <summary>How long a worker may be silent.</summary>
    public static readonly Setting<TimeSpan?> Lease = Duration(
        "Refresh:Lease",
        Usual.Lease,
        "00:00:05",
        "01:00:00",
        "How long a worker may be silent before its ranges are given away."
    );

    /// <summary>Rows of a page.</summary>
    public static readonly Setting<int?> PageSizeLimit = Whole(
        "Reports:PageSizeLimit",
        1000,
        1,
        100_000,
        "Rows of one page at the most; a larger limit is cut to it."
    );

    /// <summary>Days of submission counters.</summary>
    public static readonly Setting<int?> RetentionDays = Whole(
        "Reports:RetentionDays",
        UsualSources.RetentionDays,
        1,
        36_600,
        "For how many days the platform keeps submission counters."
    );

    /// <summary>The account that is nobody.</summary>
    public static readonly Setting<int?> AnonymousUserId = Whole(
        "Reports:AnonymousUserId",
        (int)UsualSources.AnonymousUserId,
        int.MinValue,
        int.MaxValue,
        "The id of the platform's anonymous account, never reported."
    );

    /// <summary>How long a right is remembered.</summary>
    public static readonly Setting<TimeSpan?> RightsCache = Duration(
        "Access:CacheFor",
        TimeSpan.FromSeconds(30),
        "00:00:00",
        "00:00:30",
        "How long a right that was read from the platform is believed."
    );

    /// <summary>How long the explorer stays signed in.</summary>
    public static readonly Setting<TimeSpan?> SessionLength = Duration(
        "Access:SessionLength",
        TimeSpan.FromHours(12),
        "00:05:00",
        "7.00:00:00",
        "How long a sign-in to the explorer lasts."
    );

    /// <summary>How long the explorer stays signed in unused.</summary>
    public static readonly Setting<TimeSpan?> SessionIdle = Duration(
        "Access:SessionIdle",
        TimeSpan.FromHours(2),
        "00:05:00",
        "7.00:00:00",
        "How long a sign-in to the explorer lasts while nothing is read with it."
    );

    /// <summary>Failed sign-ins of one address.</summary>
    public static readonly Setting<int?> FailuresPerAddress = Whole(
        "Access:FailuresPerAddress",
        30,
        1,
        100_000,
        "Failed sign-ins of one address within the window before it must wait."
    );

    /// <summary>Failed sign-ins of one account.</summary>
    public static readonly Setting<int?> FailuresPerAccount = Whole(
        "Access:FailuresPerAccount",
        10,
        1,
        100_000,
        "Failed sign-ins of one account within the window before it must wait."
    );

    /// <summary>The window of both.</summary>
    public static readonly Setting<TimeSpan?> FailureWindow = Duration(
        "Access:FailureWindow",
        TimeSpan.FromMinutes(15),
        "00:00:10",
        "1.00:00:00",
        "The window in which failed sign-ins are counted."
    );

    /// <summary>Connections at once.</summary>
    public static readonly Setting<int?> Connections = Whole(
        "Access:Connections",
        1000,
        10,
        1_000_000,
        "Connections at once, in all; further ones are closed unanswered."
    );

    /// <summary>Requests of one account at once.</summary>
    public static readonly Setting<int?> RequestsPerAccount = Whole(
        "Access:RequestsPerAccount",
        128,
        4,
        100_000,
        "Requests of one account that are answered at once, connections of open pages among them; further ones get a 429."
    );

    /// <summary>Pages of the explorer at once.</summary>
    public static readonly Setting<int?> OpenPages = Whole(
        "Explorer:OpenPages",
        200,
        1,
        100_000,
        "Pages of the explorer that are open at once, in all; a page that lost its connection counts for three minutes."
    );

    /// <summary>Pages of one account at once.</summary>
    public static readonly Setting<int?> OpenPagesPerAccount = Whole(
        "Explorer:OpenPagesPerAccount",
        64,
        1,
        1000,
        "Pages of the explorer that one account has open at once."
    );

    /// <summary>Where cookie keys are.</summary>
    public static readonly Setting<string> KeysFolder = Text(
        "Access:KeysFolder",
        "",
        "a folder, or nothing for the store's",
        "Where earlier versions kept the keys of sessions, cursors and pseudonyms: the workspace takes over those that are there."
    );

    /// <summary>Where the audit log is.</summary>
    public static readonly Setting<string> AuditFolder = Text(
        "Audit:Folder",
        "",
        "a folder, or nothing for the store's",
        "Where the audit log is kept."
    );

    /// <summary>How long the audit log is kept.</summary>
    public static readonly Setting<int?> AuditRetentionDays = Whole(
        "Audit:RetentionDays",
        365,
        1,
        36_600,
        "For how many days the audit log is kept."
    );

    /// <summary>Exports at once.</summary>
    public static readonly Setting<int?> ConcurrentExports = Whole(
        "Exports:Concurrent",
        2,
        1,
        64,
        "Exports that run at once; a further one is asked to come again."
    );

    /// <summary>Exports of one account at once.</summary>
    public static readonly Setting<int?> ConcurrentExportsPerAccount = Whole(
        "Exports:PerAccount",
        1,
        1,
        64,
        "Exports of one account that run at once, so that nobody holds all of them."
    );

    /// <summary>What the receiver of an export must take.</summary>
    public static readonly Setting<int?> ExportBytesPerSecondMin = Whole(
        "Exports:BytesPerSecondMin",
        16_384,
        0,
        1_073_741_824,
        "Bytes per second that the receiver of an export must take, or it is cut off; a minute behind is allowed, and what the systems between hold. 0 for any pace."
    );

    /// <summary>Whether spreadsheets are kept from running what they open.</summary>
    public static readonly Setting<bool?> FormulaProtection = Flag(
        "Exports:FormulaProtection",
        true,
        "Whether text in CSV that a spreadsheet would run as a formula is written with an apostrophe before it."
    );

    /// <summary>Who may say where a request came from.</summary>
    public static readonly Setting<IReadOnlyList<IPNetwork>> Proxies = Networks(
        "Proxies",
        "The proxies whose X-Forwarded-For, -Proto, -Host and -Prefix are believed; none by default."
    );

    /// <summary>The service's own names.</summary>
    public static readonly Setting<IReadOnlyList<string>> AllowedHosts = Hosts(
        "AllowedHosts",
        "The names by which the service is called; a request for another one is refused. Without it links are absolute only where a proxy of "
            + "the setting Proxies names the host, or the address is the machine's own."
    );

    /// <summary>Where the service stands on its host.</summary>
    public static readonly Setting<string> PathBase = PathOf(
        "PathBase",
        "The path under which the service stands, whether or not a proxy takes it away before it hands a request on. Where it is set, "
            + "X-Forwarded-Prefix is not read."
    );

    /// <summary>All settings, in the order of docs/settings.md.</summary>
    public static readonly IReadOnlyList<Setting> All =
    [
        Platform,
        Usage,
        FeedSettings.Platform,
        FeedSettings.Usage,
        StatementTimeout,
        LoadSettings.Budget,
        LoadSettings.QuietHours,
        LoadSettings.ReplicaLag,
        Store,
        FollowingSettings.Workspace,
        .. NodeSettings.All,
        QueryMemory,
        ConcurrentQueries,
        QueryTime,
        Interval,
        OnStart,
        FollowingSettings.Follow,
        FollowingSettings.PollEvery,
        .. FeedSettings.Slots,
        AccountsPerRange,
        Parallelism,
        KeepPrevious,
        CommitRows,
        Lease,
        .. HistorySettings.All,
        PageSizeLimit,
        RetentionDays,
        AnonymousUserId,
        .. LimitSettings.All,
        RightsCache,
        SessionLength,
        SessionIdle,
        FailuresPerAddress,
        FailuresPerAccount,
        FailureWindow,
        Connections,
        RequestsPerAccount,
        OpenPages,
        OpenPagesPerAccount,
        NameSettings.Conceal,
        NameSettings.AccountTags,
        NameSettings.RevealTags,
        KeysFolder,
        AuditFolder,
        AuditRetentionDays,
        ConcurrentExports,
        ConcurrentExportsPerAccount,
        ExportBytesPerSecondMin,
        FormulaProtection,
        Proxies,
        AllowedHosts,
        PathBase,
    ];
}
