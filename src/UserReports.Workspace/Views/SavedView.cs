namespace UserReports.Workspace.Views;

/// <summary>A view that somebody keeps under a name.</summary>
/// <param name="Owner">The platform's id of the account that saved it.</param>
/// <param name="OwnerName">Its name when it was saved.</param>
/// <param name="Address">The query, columns and order, as the explorer writes them into its address.</param>
/// <param name="IsShared">Whether other operators see it.</param>
/// <param name="IsStart">Whether the owner's explorer opens with it.</param>
public sealed record SavedView(
    Guid Id,
    long Owner,
    string OwnerName,
    string Name,
    string Address,
    bool IsShared,
    bool IsStart,
    DateTimeOffset SavedAt
);
