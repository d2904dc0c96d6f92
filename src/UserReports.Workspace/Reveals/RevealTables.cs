using Microsoft.EntityFrameworkCore;

namespace UserReports.Workspace.Reveals;

/// <summary>A reveal of names that has not ended.</summary>
internal sealed class RevealRow
{
    public required string Id { get; set; }

    public required long Account { get; set; }

    public required string Username { get; set; }

    public required string Credential { get; set; }

    public string? UserUid { get; set; }

    public string? OfName { get; set; }

    public string? Q { get; set; }

    /// <summary>By which two targets are known to be the same.</summary>
    public required string Target { get; set; }

    public required string Reason { get; set; }

    public required long StartedAt { get; set; }

    public required long EndsAt { get; set; }
}

/// <summary>The table of reveals, as the model has it.</summary>
internal static class RevealTables
{
    public static void Map(ModelBuilder model) =>
        model.Entity<RevealRow>(table =>
        {
            table.ToTable("reveal").HasKey(row => row.Id);
            table.Property(row => row.Id).HasColumnName("id");
            table.Property(row => row.Account).HasColumnName("account");
            table.Property(row => row.Username).HasColumnName("username");
            table.Property(row => row.Credential).HasColumnName("credential");
            table.Property(row => row.UserUid).HasColumnName("user_uid");
            table.Property(row => row.OfName).HasColumnName("of_name");
            table.Property(row => row.Q).HasColumnName("q");
            table.Property(row => row.Target).HasColumnName("target");
            table.Property(row => row.Reason).HasColumnName("reason");
            table.Property(row => row.StartedAt).HasColumnName("started_at");
            table.Property(row => row.EndsAt).HasColumnName("ends_at");
            table.HasIndex(row => new { row.Account, row.Credential }).HasDatabaseName("reveal_beholder");
        });
}
