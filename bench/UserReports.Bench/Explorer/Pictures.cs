using System.CommandLine;
using Microsoft.Playwright;

namespace UserReports.Bench.Explorer;

/// <summary>The pictures of docs/explorer.md, of the demo's accounts.</summary>
internal static class Pictures
{
    private const int Accounts = 10_000;
    private const int Phone = 390;

    private static readonly (string Name, string Address, int Width, bool IsDark, string? Key)[] All =
    [
        ("accounts", "?all", 1440, false, null),
        ("query", "?q=is_active:true usrname:admin&charts=off", 1024, false, null),
        ("build", "?q=is_active:true&charts=off", 1024, false, "b"),
        ("restricted-dark", "?q=account_restricted:true", 1440, true, null),
        ("account", "account/named/amina_49dbec02", 1440, false, null),
        ("phone", "?all", Phone, false, null),
        ("phone-dark", "account/named/amina_49dbec02", Phone, true, null),
        ("runs", "runs", Phone, false, null),
        ("empty", "?q=username:nobody", Phone, false, null),
    ];

    /// <summary>The command.</summary>
    public static Command Create(Argument<string> folder) =>
        ImagesCommand.Create(
            "pictures",
            "Take the pictures of docs/explorer.md.",
            "Where the pictures of docs/explorer.md go.",
            folder,
            TakeAsync
        );

    private static async Task TakeAsync(string folder, string images, CancellationToken cancellationToken)
    {
        await using var demo = await ServedDemo.StartAsync(folder, Accounts, cancellationToken);
        await using var chromium = await Chromium.LaunchAsync();
        foreach (var readers in All.GroupBy(picture => (picture.Width, picture.IsDark)))
        {
            var context = await chromium.SignInAsync(demo, readers.Key.Width, readers.Key.IsDark);
            foreach (var picture in readers)
            {
                var page = await Chromium.OpenAsync(context, picture.Address);
                if (picture.Key is { } key)
                    await page.Keyboard.PressAsync(key);
                // Fonts and the bars' first frame.
                await page.WaitForTimeoutAsync(500);
                await page.ScreenshotAsync(
                    new() { Path = Path.Combine(images, $"explorer-{picture.Name}.png"), Type = ScreenshotType.Png }
                );
                await page.CloseAsync();
            }

            await context.CloseAsync();
        }
    }
}
