using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Playwright;

namespace UserReports.Bench.Explorer;

/// <summary>The README's moving picture: a question is asked, narrowed and looked into, in some 20 seconds.</summary>
internal sealed class Recording
{
    private const int Accounts = 10_000;
    private const int Width = 1200;
    private const int Height = 750;
    private const int FramesPerSecond = 4;
    private const string Question = "account_restricted:true";
    private const string Narrower = " service_usage__total_storage_bytes__gt:1000000";

    private readonly IPage page;
    private readonly string frames;
    private int count;

    private Recording(IPage page, string frames) => (this.page, this.frames) = (page, frames);

    /// <summary>The command.</summary>
    public static Command Create(Argument<string> folder) =>
        ImagesCommand.Create(
            "recording",
            "Take the README's moving picture, which FFmpeg puts together.",
            "Where the README's moving picture goes.",
            folder,
            TakeAsync
        );

    /// <summary>Writes the file <c>explorer.gif</c>.</summary>
    /// <param name="images">The folder of the file.</param>
    /// <exception cref="InvalidOperationException">FFmpeg failed, whose own words stand before.</exception>
    private static async Task TakeAsync(string folder, string images, CancellationToken cancellationToken)
    {
        var frames = Directory.CreateTempSubdirectory("user-reports-frames-").FullName;
        try
        {
            await using var demo = await ServedDemo.StartAsync(folder, Accounts, cancellationToken);
            await using var chromium = await Chromium.LaunchAsync();
            var context = await chromium.SignInAsync(demo, Width);
            var page = await Chromium.OpenAsync(context, "?all");
            await page.SetViewportSizeAsync(Width, Height);
            await new Recording(page, frames).ActAsync();
            await context.CloseAsync();
            await JoinAsync(frames, Path.Combine(images, "explorer.gif"), cancellationToken);
        }
        finally
        {
            Directory.Delete(frames, recursive: true);
        }
    }

    private async Task ActAsync()
    {
        await StandAsync(2);
        await AskAsync(Question);
        await StandAsync(2.5);
        await AskAsync(Narrower);
        await StandAsync(2.5);
        await page.Locator("tbody tr a").First.ClickAsync();
        await Chromium.SettledAsync(page);
        await StandAsync(3);
        for (var turn = 0; turn < 3; turn++)
        {
            await page.Mouse.WheelAsync(0, Height / 2);
            await StandAsync(0.75);
        }

        await page.GoBackAsync();
        await Chromium.SettledAsync(page);
        await StandAsync(1);
        await page.Locator("#export-button").ClickAsync();
        await StandAsync(2.5);
    }

    /// <summary>Writes as fast as somebody does, and asks.</summary>
    private async Task AskAsync(string text)
    {
        var query = page.Locator("#query");
        await query.FocusAsync();
        await page.Keyboard.PressAsync("End");
        foreach (var letters in text.Chunk(4))
        {
            await page.Keyboard.TypeAsync(new string(letters));
            await StandAsync(1.0 / FramesPerSecond);
        }

        await page.Keyboard.PressAsync("Enter");
        await Chromium.SettledAsync(page);
    }

    private async Task StandAsync(double seconds)
    {
        for (var left = (int)Math.Round(seconds * FramesPerSecond); left > 0; left--)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{count++:0000}.png");
            await page.ScreenshotAsync(new() { Path = Path.Combine(frames, name), Caret = ScreenshotCaret.Initial });
        }
    }

    /// <summary>Few colours without dots, and of each frame what differs from the one before: pages are flat.</summary>
    private static async Task JoinAsync(string frames, string file, CancellationToken cancellationToken)
    {
        string[] arguments =
        [
            "-y",
            "-loglevel",
            "error",
            "-framerate",
            FramesPerSecond.ToString(CultureInfo.InvariantCulture),
            "-i",
            Path.Combine(frames, "%04d.png"),
            "-vf",
            "split[a][b];[a]palettegen=max_colors=64:stats_mode=diff[p];"
                + "[b][p]paletteuse=dither=none:diff_mode=rectangle",
            file,
        ];
        using var ffmpeg = Process.Start(new ProcessStartInfo("ffmpeg", arguments))!;
        await ffmpeg.WaitForExitAsync(cancellationToken);
        if (ffmpeg.ExitCode != 0)
            throw new InvalidOperationException($"ffmpeg ended with exit code {ffmpeg.ExitCode}; {file} is as it was.");
    }
}
