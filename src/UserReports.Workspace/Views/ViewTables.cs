using Microsoft.EntityFrameworkCore;

namespace UserReports.Workspace.Views;

/// <summary>A saved view.</summary>
internal sealed class ViewRow
{
    public required string Id { get; set; }

    public required long Owner { get; set; }

    public required string OwnerName { get; set; }

    public required string Name { get; set; }

    /// <summary>By which an owner's names are told apart: in capitals.</summary>
    public required string FoldedName { get; set; }

    public required string Address { get; set; }

    public required bool IsShared { get; set; }

    public required bool IsStart { get; set; }

    public required long SavedAt { get; set; }
}

/// <summary>The table of saved views, as the model has it.</summary>
internal static class ViewTables
{
    public static void Map(ModelBuilder model) =>
        model.Entity<ViewRow>(table =>
        {
            table.ToTable("saved_view").HasKey(row => row.Id);
            table.Property(row => row.Id).HasColumnName("id");
            table.Property(row => row.Owner).HasColumnName("owner");
            table.Property(row => row.OwnerName).HasColumnName("owner_name");
            table.Property(row => row.Name).HasColumnName("name");
            table.Property(row => row.FoldedName).HasColumnName("folded_name");
            table.Property(row => row.Address).HasColumnName("address");
            table.Property(row => row.IsShared).HasColumnName("is_shared");
            table.Property(row => row.IsStart).HasColumnName("is_start");
            table.Property(row => row.SavedAt).HasColumnName("saved_at");
            table
                .HasIndex(row => new { row.Owner, row.FoldedName })
                .IsUnique()
                .HasDatabaseName("saved_view_owner_name");
        });
}
