using UserReports.Server.Requests;

namespace UserReports.Server.Commands.Answers;

/// <summary>An account by its name, where no account has it as its identifier.</summary>
internal static class NamedAccount
{
    /// <summary>The query for exactly that name.</summary>
    public static string Query(string name) => QueryText.Term("username", "", name, isText: true);

    /// <summary>What is said where there is none.</summary>
    public static CommandException Unknown(string name) =>
        new(
            $"No account in the reports has '{name}' as its identifier or as its name. An account made since the last refresh comes with the next."
        );
}
