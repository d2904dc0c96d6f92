using Microsoft.EntityFrameworkCore;

namespace UserReports.Workspace.Earlier;

/// <summary>A file of an earlier version whose content the workspace has.</summary>
internal sealed class TakenFileRow
{
    /// <summary>SHA-256 of its content.</summary>
    public required string Digest { get; set; }

    public required string Name { get; set; }
}

/// <summary>The table of files that were taken over, as the model has it.</summary>
internal static class TakenFileTables
{
    public static void Map(ModelBuilder model) =>
        model.Entity<TakenFileRow>(table =>
        {
            table.ToTable("taken_file").HasKey(row => row.Digest);
            table.Property(row => row.Digest).HasColumnName("digest");
            table.Property(row => row.Name).HasColumnName("name");
        });
}
