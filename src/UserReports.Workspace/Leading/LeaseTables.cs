using Microsoft.EntityFrameworkCore;

namespace UserReports.Workspace.Leading;

/// <summary>Work that one node does at a time, and who does it.</summary>
internal sealed class LeaseRow
{
    public required string Name { get; set; }

    /// <summary>As people name the node.</summary>
    public required string Holder { get; set; }

    /// <summary>A larger one each time that the lease is taken; it travels in whatever its holder writes.</summary>
    public required long Token { get; set; }

    public required long SinceAt { get; set; }

    public required long UntilAt { get; set; }
}

/// <summary>What is asked of the node that leads, by any node.</summary>
internal sealed class LeaderRequestRow
{
    public required string Name { get; set; }

    public required long Asked { get; set; }

    public required long Served { get; set; }
}

/// <summary>Something that is counted across nodes and restarts.</summary>
internal sealed class CounterRow
{
    public required string Name { get; set; }

    public required long Value { get; set; }
}

/// <summary>The tables of who does what, as the model has them.</summary>
internal static class LeaseTables
{
    public static void Map(ModelBuilder model)
    {
        model.Entity<LeaseRow>(table =>
        {
            table.ToTable("lease").HasKey(row => row.Name);
            table.Property(row => row.Name).HasColumnName("name");
            table.Property(row => row.Holder).HasColumnName("holder");
            table.Property(row => row.Token).HasColumnName("token");
            table.Property(row => row.SinceAt).HasColumnName("since_at");
            table.Property(row => row.UntilAt).HasColumnName("until_at");
        });
        model.Entity<LeaderRequestRow>(table =>
        {
            table.ToTable("leader_request").HasKey(row => row.Name);
            table.Property(row => row.Name).HasColumnName("name");
            table.Property(row => row.Asked).HasColumnName("asked");
            table.Property(row => row.Served).HasColumnName("served");
        });
        model.Entity<CounterRow>(table =>
        {
            table.ToTable("counter").HasKey(row => row.Name);
            table.Property(row => row.Name).HasColumnName("name");
            table.Property(row => row.Value).HasColumnName("value");
        });
    }
}
