using System.Data.Common;
using System.Globalization;
using UserReports.Feed.Ledger;

namespace UserReports.Workspace.Views;

/// <summary>The views that operators saved.</summary>
/// <remarks>Every member throws <see cref="LedgerException"/> if the workspace cannot be used.</remarks>
public sealed class SavedViews(WorkspaceDatabase workspace, TimeProvider time)
{
    private const int PerOwnerMax = 200;

    private const string Columns = "id, owner, owner_name, name, address, is_shared, is_start, saved_at";

    /// <summary>One that is there keeps its id, and stays what its owner's explorer opens with.</summary>
    private const string Put = $"""
        insert into saved_view ({Columns}, folded_name) values (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8)
        on conflict (owner, folded_name) do update set owner_name = excluded.owner_name, name = excluded.name,
            address = excluded.address, is_shared = excluded.is_shared, saved_at = excluded.saved_at
        """;

    /// <summary>What the workspace has is newer than a file of an earlier version.</summary>
    internal const string PutUnlessThere = $"""
        insert into saved_view ({Columns}, folded_name) values (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8)
        on conflict do nothing
        """;

    /// <summary>The longest name of a view.</summary>
    public const int NameMax = 80;

    /// <summary>What an account sees: its own views, then those that others share; by name.</summary>
    public async Task<IReadOnlyList<SavedView>> OfAsync(long account, CancellationToken cancellationToken)
    {
        var views = await workspace.Requests.ReadAsync(
            commands =>
                commands.ReadAsync(
                    $"select {Columns} from saved_view where owner = @p0 or is_shared",
                    Read,
                    cancellationToken,
                    account
                ),
            cancellationToken
        );
        return
        [
            .. views
                .OrderBy(view => view.Owner != account)
                .ThenBy(view => view.Name, StringComparer.OrdinalIgnoreCase)
                .ThenBy(view => view.Id),
        ];
    }

    /// <summary>The view that an account's explorer opens with, or null.</summary>
    public async Task<SavedView?> StartOfAsync(long account, CancellationToken cancellationToken) =>
        (
            await workspace.Requests.ReadAsync(
                commands =>
                    commands.ReadAsync(
                        $"select {Columns} from saved_view where owner = @p0 and is_start",
                        Read,
                        cancellationToken,
                        account
                    ),
                cancellationToken
            )
        ).FirstOrDefault();

    /// <summary>Saves under a name; the owner's view of that name is replaced.</summary>
    /// <returns>What is wrong, or null.</returns>
    public Task<string?> SaveAsync(
        long owner,
        string ownerName,
        string name,
        string address,
        bool isShared,
        CancellationToken cancellationToken
    )
    {
        name = name.Trim();
        if (name.Length is 0 or > NameMax)
            return Task.FromResult<string?>($"A name has 1 to {NameMax} characters.");
        var view = new SavedView(
            Guid.NewGuid(),
            owner,
            ownerName,
            name,
            address,
            isShared,
            IsStart: false,
            time.GetUtcNow()
        );
        return workspace.Requests.DoAsync(
            async commands =>
            {
                var others = await commands.ReadAsync(
                    "select count(*) from saved_view where owner = @p0 and folded_name <> @p1",
                    row => row.GetInt64(0),
                    cancellationToken,
                    owner,
                    Folded(name)
                );
                if (others[0] >= PerOwnerMax)
                    return $"You have {PerOwnerMax} views; remove one first.";
                await commands.ExecuteAsync(Put, cancellationToken, ValuesOf(view));
                return null;
            },
            cancellationToken
        );
    }

    /// <summary>Makes a view of the owner the one to open with, or, with null, none.</summary>
    public Task StartWithAsync(long owner, Guid? id, CancellationToken cancellationToken) =>
        workspace.Requests.DoAsync(
            commands =>
                commands.ExecuteAsync(
                    "update saved_view set is_start = (id = @p1) where owner = @p0",
                    cancellationToken,
                    owner,
                    id is { } one ? TextOf(one) : ""
                ),
            cancellationToken
        );

    /// <summary>Removes a view of the owner.</summary>
    public Task RemoveAsync(long owner, Guid id, CancellationToken cancellationToken) =>
        workspace.Requests.DoAsync(
            commands =>
                commands.ExecuteAsync(
                    "delete from saved_view where owner = @p0 and id = @p1",
                    cancellationToken,
                    owner,
                    TextOf(id)
                ),
            cancellationToken
        );

    /// <summary>A view as the values of a statement that puts it.</summary>
    internal static IReadOnlyList<object?> ValuesOf(SavedView view) =>
        [
            TextOf(view.Id),
            view.Owner,
            StoredText.Of(view.OwnerName),
            StoredText.Of(view.Name),
            StoredText.Of(view.Address),
            view.IsShared,
            view.IsStart,
            Instants.Microseconds(view.SavedAt),
            Folded(view.Name),
        ];

    private static string Folded(string name) => StoredText.Of(name).ToUpperInvariant();

    private static string TextOf(Guid id) => id.ToString("D", CultureInfo.InvariantCulture);

    private static SavedView Read(DbDataReader row) =>
        new(
            Guid.Parse(row.GetString(0)),
            row.GetInt64(1),
            row.GetString(2),
            row.GetString(3),
            row.GetString(4),
            row.GetBoolean(5),
            row.GetBoolean(6),
            Instants.Of(row.GetInt64(7))
        );
}
