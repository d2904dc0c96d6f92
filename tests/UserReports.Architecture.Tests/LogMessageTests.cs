using System.Reflection;
using Microsoft.Extensions.Logging;

namespace UserReports.Architecture.Tests;

/// <summary>Who watches logs tells messages apart by their number.</summary>
public sealed class LogMessageTests
{
    /// <summary>Each part's messages have a thousand of their own.</summary>
    private static readonly Dictionary<string, int[]> Thousands = new(StringComparer.Ordinal)
    {
        ["UserReports.Store"] = [1],
        ["UserReports.Refresh"] = [2],
        ["UserReports.Sources"] = [3],
        ["UserReports.Workspace"] = [10],
        ["user-reports"] = [4, 5, 6, 7, 8, 9],
    };

    private static readonly IReadOnlyList<(string Where, string Part, int Id)> Messages =
    [
        .. Thousands
            .Keys.SelectMany(part => Assembly.Load(part).GetTypes())
            .SelectMany(type =>
                type.GetMethods(
                    BindingFlags.Static
                        | BindingFlags.Instance
                        | BindingFlags.Public
                        | BindingFlags.NonPublic
                        | BindingFlags.DeclaredOnly
                )
            )
            .Select(method => (Method: method, Message: method.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(found => found.Message is not null)
            .Select(found =>
                (
                    $"{found.Method.DeclaringType!.FullName}.{found.Method.Name}",
                    found.Method.Module.Assembly.GetName().Name!,
                    found.Message!.EventId
                )
            ),
    ];

    [Fact]
    public void EventIds_OfTheWholeProject_AreEachOneMessages()
    {
        Assert.InRange(Messages.Count, 20, int.MaxValue);
        Rule.Holds(
            from message in Messages
            group message.Where by message.Id into same
            where same.Count() > 1
            select $"{same.Key} is the number of {string.Join(" and ", same)}"
        );
    }

    [Fact]
    public void EventIds_OfAPart_AreOfItsOwnThousands() =>
        Rule.Holds(
            from message in Messages
            where !Thousands[message.Part].Contains(message.Id / 1000)
            select $"{message.Where} has the number {message.Id}"
        );

    /// <summary>A message that is written without the generator has no number.</summary>
    [Fact]
    public void Messages_OfTheWholeProject_AreDeclaredWithANumber() =>
        Rule.Holds(
            from file in Checkout.Files("src", ".cs", ".razor")
            from call in (string[])
                ["LogTrace(", "LogDebug(", "LogInformation(", "LogWarning(", "LogError(", "LogCritical("]
            where Checkout.Read(file).Contains("." + call, StringComparison.Ordinal)
            select $"{file} calls {call.TrimEnd('(')}"
        );
}
