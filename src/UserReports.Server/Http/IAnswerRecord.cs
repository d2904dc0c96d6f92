namespace UserReports.Server.Http;

/// <summary>Of a request whose answers are recorded: is told of one that holds no rows, before it starts.</summary>
internal interface IAnswerRecord
{
    /// <param name="status">What is about to be answered.</param>
    void Answers(int status);
}
