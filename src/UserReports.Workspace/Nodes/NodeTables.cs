using Microsoft.EntityFrameworkCore;

namespace UserReports.Workspace.Nodes;

/// <summary>A node, as it last told of itself.</summary>
internal sealed class NodeRow
{
    /// <summary>That of its audit log's folder.</summary>
    public required string Id { get; set; }

    public required string Name { get; set; }

    public string? Address { get; set; }

    public required string Version { get; set; }

    public required bool HasFiles { get; set; }

    public required long FirstSeenAt { get; set; }

    public required long StartedAt { get; set; }

    public required long SeenAt { get; set; }

    public required bool HasStopped { get; set; }

    /// <summary>Microseconds by which its clock is ahead of the workspace's.</summary>
    public required long ClockAhead { get; set; }

    public string? Run { get; set; }

    /// <summary>How it follows, as JSON, while it leads.</summary>
    public string? Following { get; set; }

    public string? LimitsDigest { get; set; }

    public required string RulesDigest { get; set; }
}

/// <summary>The table of nodes, as the model has it.</summary>
internal static class NodeTables
{
    public static void Map(ModelBuilder model) =>
        model.Entity<NodeRow>(table =>
        {
            table.ToTable("node").HasKey(row => row.Id);
            table.Property(row => row.Id).HasColumnName("id");
            table.Property(row => row.Name).HasColumnName("name");
            table.Property(row => row.Address).HasColumnName("address");
            table.Property(row => row.Version).HasColumnName("version");
            table.Property(row => row.HasFiles).HasColumnName("has_files");
            table.Property(row => row.FirstSeenAt).HasColumnName("first_seen_at");
            table.Property(row => row.StartedAt).HasColumnName("started_at");
            table.Property(row => row.SeenAt).HasColumnName("seen_at");
            table.Property(row => row.HasStopped).HasColumnName("has_stopped");
            table.Property(row => row.ClockAhead).HasColumnName("clock_ahead");
            table.Property(row => row.Run).HasColumnName("run");
            table.Property(row => row.Following).HasColumnName("following");
            table.Property(row => row.LimitsDigest).HasColumnName("limits_digest");
            table.Property(row => row.RulesDigest).HasColumnName("rules_digest");
        });
}
