using Microsoft.EntityFrameworkCore;

namespace UserReports.Workspace.Sessions;

/// <summary>An open session.</summary>
internal sealed class SessionRow
{
    public required string Id { get; set; }

    public required long Account { get; set; }

    public required long StartedAt { get; set; }

    public string? StartedFrom { get; set; }

    public string? Browser { get; set; }

    public required long LastUsedAt { get; set; }

    public string? LastUsedFrom { get; set; }

    public required long EndsAt { get; set; }
}

/// <summary>A network from which an account signed in.</summary>
internal sealed class SessionNetworkRow
{
    public required long Account { get; set; }

    public required string Network { get; set; }

    /// <summary>By which the latest are known: a larger one is later.</summary>
    public required long Sequence { get; set; }
}

/// <summary>The tables of sessions, as the model has them.</summary>
internal static class SessionTables
{
    public static void Map(ModelBuilder model)
    {
        model.Entity<SessionRow>(table =>
        {
            table.ToTable("session").HasKey(row => row.Id);
            table.Property(row => row.Id).HasColumnName("id");
            table.Property(row => row.Account).HasColumnName("account");
            table.Property(row => row.StartedAt).HasColumnName("started_at");
            table.Property(row => row.StartedFrom).HasColumnName("started_from");
            table.Property(row => row.Browser).HasColumnName("browser");
            table.Property(row => row.LastUsedAt).HasColumnName("last_used_at");
            table.Property(row => row.LastUsedFrom).HasColumnName("last_used_from");
            table.Property(row => row.EndsAt).HasColumnName("ends_at");
            table.HasIndex(row => row.Account).HasDatabaseName("session_account");
        });
        model.Entity<SessionNetworkRow>(table =>
        {
            table.ToTable("session_network").HasKey(row => new { row.Account, row.Network });
            table.Property(row => row.Account).HasColumnName("account");
            table.Property(row => row.Network).HasColumnName("network");
            table.Property(row => row.Sequence).HasColumnName("sequence");
        });
    }
}
