namespace UserReports.Sources.Load;

/// <summary>What a source is asked for: its load is counted for each apart.</summary>
public enum SourceWork
{
    /// <summary>A run over all accounts: waits for its share of the budget.</summary>
    Run,

    /// <summary>Questions after what changed: skipped without a share of the budget.</summary>
    Poll,

    /// <summary>The change feed's own questions, beside the stream itself.</summary>
    Feed,

    /// <summary>Single accounts, computed anew because somebody asked or something changed.</summary>
    Accounts,

    /// <summary>Signing in, and rights.</summary>
    SignIn,

    /// <summary>Looking at the database itself: tables, rights, names in a file of limits.</summary>
    Inspection,
}
