using System.Text.Json;

namespace UserReports.Feed.Polling;

/// <summary>From where polling goes on after a restart: what each question says of itself, by its subject.</summary>
internal static class PollPosition
{
    /// <summary>As it is kept.</summary>
    public static string Write(IReadOnlyList<PollQuestion> questions) =>
        JsonSerializer.Serialize(
            questions
                .Where(question => question.Position is not null)
                .ToDictionary(question => question.Subject, question => question.Position!)
        );

    /// <summary>What <see cref="Write"/> made.</summary>
    /// <exception cref="FeedLostException">It is nothing of the kind.</exception>
    public static IReadOnlyDictionary<string, string> Read(string position)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(position) ?? [];
        }
        catch (JsonException e)
        {
            throw new FeedLostException("Where polling was cannot be read.", e);
        }
    }
}
