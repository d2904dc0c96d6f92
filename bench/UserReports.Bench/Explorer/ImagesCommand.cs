using System.CommandLine;

namespace UserReports.Bench.Explorer;

/// <summary>A command that takes images of the demo in a folder.</summary>
internal static class ImagesCommand
{
    /// <param name="where">What is said of the folder of images.</param>
    /// <param name="folder">Of the demo.</param>
    /// <param name="take">Is given both folders.</param>
    public static Command Create(
        string name,
        string description,
        string where,
        Argument<string> folder,
        Func<string, string, CancellationToken, Task> take
    )
    {
        var images = new Argument<string>("images") { Description = where };
        var command = new Command(name, description) { folder, images };
        command.SetAction((parsed, token) => take(parsed.GetValue(folder)!, parsed.GetValue(images)!, token));
        return command;
    }
}
