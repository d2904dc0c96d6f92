using Microsoft.EntityFrameworkCore;

namespace UserReports.Workspace.Secrets;

/// <summary>A key of the ring, or a revocation, as the framework writes it.</summary>
internal sealed class RingKeyRow
{
    public required string Name { get; set; }

    /// <summary>XML.</summary>
    public required string Content { get; set; }
}

/// <summary>A key that belongs to the installation.</summary>
internal sealed class InstallationKeyRow
{
    public required string Name { get; set; }

    /// <summary>Base64.</summary>
    public required string Content { get; set; }
}

/// <summary>The last one-time code that an account used.</summary>
internal sealed class UsedCodeRow
{
    public required long Account { get; set; }

    public required long Step { get; set; }
}

/// <summary>The tables of what nodes must know alike so that a sign-in on one is good on all, as the model has them.
/// </summary>
internal static class SecretTables
{
    public static void Map(ModelBuilder model)
    {
        model.Entity<RingKeyRow>(table =>
        {
            table.ToTable("ring_key").HasKey(row => row.Name);
            table.Property(row => row.Name).HasColumnName("name");
            table.Property(row => row.Content).HasColumnName("content");
        });
        model.Entity<InstallationKeyRow>(table =>
        {
            table.ToTable("installation_key").HasKey(row => row.Name);
            table.Property(row => row.Name).HasColumnName("name");
            table.Property(row => row.Content).HasColumnName("content");
        });
        model.Entity<UsedCodeRow>(table =>
        {
            table.ToTable("used_code").HasKey(row => row.Account);
            table.Property(row => row.Account).HasColumnName("account").ValueGeneratedNever();
            table.Property(row => row.Step).HasColumnName("step");
        });
    }
}
