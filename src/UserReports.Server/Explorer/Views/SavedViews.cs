using System.Text.Json;
using UserReports.Server.Configuration;

namespace UserReports.Server.Explorer.Views;

/// <summary>The views that operators saved: one small JSON file beside the store.</summary>
/// <remarks>
/// It is written whole, to a temporary file that then takes the old one's name, so that a crash leaves either the old
/// views or the new ones. A file that cannot be read is set aside, never overwritten.
/// </remarks>
public sealed class SavedViews(ServerSettings settings, TimeProvider time) : IDisposable
{
    private const int PerOwnerMax = 200;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly SemaphoreSlim writing = new(1);
    private readonly string path = Path.Combine(settings.StoreFolder, "views.json");
    private IReadOnlyList<SavedView>? views;

    /// <summary>The longest name of a view.</summary>
    public const int NameMax = 80;

    /// <summary>What an account sees: its own views, then those that others share; by name.</summary>
    public async Task<IReadOnlyList<SavedView>> OfAsync(long account, CancellationToken cancellationToken) =>
        [
            .. (await ReadAsync(cancellationToken))
                .Where(view => view.Owner == account || view.IsShared)
                .OrderBy(view => view.Owner != account)
                .ThenBy(view => view.Name, StringComparer.OrdinalIgnoreCase),
        ];

    /// <summary>The view that an account's explorer opens with, or null.</summary>
    public async Task<SavedView?> StartOfAsync(long account, CancellationToken cancellationToken) =>
        (await ReadAsync(cancellationToken)).FirstOrDefault(view => view.Owner == account && view.IsStart);

    /// <summary>Saves under a name; the owner's view of that name is replaced.</summary>
    /// <returns>What is wrong, or null.</returns>
    public async Task<string?> SaveAsync(
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
            return $"A name has 1 to {NameMax} characters.";
        string? fault = null;
        await ChangeAsync(
            all =>
            {
                var old = all.FirstOrDefault(v =>
                    v.Owner == owner && v.Name.Equals(name, StringComparison.OrdinalIgnoreCase)
                );
                if (old is null && all.Count(v => v.Owner == owner) >= PerOwnerMax)
                {
                    fault = $"You have {PerOwnerMax} views; remove one first.";
                    return all;
                }

                var view = new SavedView(
                    old?.Id ?? Guid.NewGuid(),
                    owner,
                    ownerName,
                    name,
                    address,
                    isShared,
                    old?.IsStart == true,
                    time.GetUtcNow()
                );
                return [.. all.Where(v => v != old), view];
            },
            cancellationToken
        );
        return fault;
    }

    /// <summary>Makes a view of the owner the one to open with, or, with null, none.</summary>
    public Task StartWithAsync(long owner, Guid? id, CancellationToken cancellationToken) =>
        ChangeAsync(
            all => [.. all.Select(v => v.Owner == owner ? v with { IsStart = v.Id == id } : v)],
            cancellationToken
        );

    /// <summary>Removes a view of the owner.</summary>
    public Task RemoveAsync(long owner, Guid id, CancellationToken cancellationToken) =>
        ChangeAsync(all => [.. all.Where(v => v.Owner != owner || v.Id != id)], cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => writing.Dispose();

    private async Task<IReadOnlyList<SavedView>> ReadAsync(CancellationToken cancellationToken)
    {
        if (views is { } known)
            return known;
        await writing.WaitAsync(cancellationToken);
        try
        {
            return views ??= await LoadAsync(cancellationToken);
        }
        finally
        {
            writing.Release();
        }
    }

    private async Task<IReadOnlyList<SavedView>> LoadAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(path);
            return await JsonSerializer.DeserializeAsync<List<SavedView>>(file, Json, cancellationToken) ?? [];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
        catch (JsonException)
        {
            File.Move(path, $"{path}.{time.GetUtcNow():yyyyMMddHHmmss}.damaged", overwrite: true);
            return [];
        }
    }

    private async Task ChangeAsync(
        Func<IReadOnlyList<SavedView>, IReadOnlyList<SavedView>> change,
        CancellationToken cancellationToken
    )
    {
        await writing.WaitAsync(cancellationToken);
        try
        {
            var changed = change(views ??= await LoadAsync(cancellationToken));
            Directory.CreateDirectory(settings.StoreFolder);
            var temporary = path + ".new";
            await using (var file = File.Create(temporary))
            {
                await JsonSerializer.SerializeAsync(file, changed, Json, cancellationToken);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
            views = changed;
        }
        finally
        {
            writing.Release();
        }
    }
}
