using UserReports.Core.Query;
using UserReports.Store;

namespace UserReports.Bench.Queries;

/// <summary>One client with one question: text in, page out.</summary>
/// <param name="next">A number that has not been used before.</param>
internal sealed class Asking(IReportReader reader, Question question, string email, Func<int> next)
{
    private PageKey? key;

    public Question Question => question;

    /// <summary>Whether it asks for the same page each time, and may be given the answer that was kept.</summary>
    public bool Same { get; init; }

    public async Task<ReportPage> AskAsync(bool count, CancellationToken cancellationToken)
    {
        var time = Same ? 0 : next();
        var text = Same ? question.As(email) : question.Anew(time, email);
        var result = QueryCompiler.Compile(text, question.Ordering);
        var query = result.Query ?? throw new InvalidOperationException($"{question.Name}: {result.Errors[0]}");
        var offset = question.Offset(reader.Snapshot!.Rows, time);
        if (!question.ByCursor)
            return await reader.FindAsync(query, new(Question.PageSize, offset, Count: count), cancellationToken);
        key ??= (await reader.FindAsync(query, new(Question.PageSize, offset), cancellationToken)).Next;
        var page = await reader.FindAsync(query, new(Question.PageSize, Key: key, Count: count), cancellationToken);
        // Whoever follows a cursor reads on; at the end, from the middle again.
        if (!Same)
            key = page.Next;
        return page;
    }
}
