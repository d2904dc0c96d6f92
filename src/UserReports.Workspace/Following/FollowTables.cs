using Microsoft.EntityFrameworkCore;

namespace UserReports.Workspace.Following;

/// <summary>The tables of following, as the model has them.</summary>
internal static class FollowTables
{
    private const int NameMax = 255;

    public static void Map(ModelBuilder model)
    {
        model.Entity<FeedPositionRow>(table =>
        {
            table.ToTable("feed_position").HasKey(row => row.Feed);
            table.Property(row => row.Feed).HasColumnName("feed").HasMaxLength(NameMax);
            table.Property(row => row.Position).HasColumnName("position");
        });
        model.Entity<DirtyRow>(table =>
        {
            table
                .ToTable("dirty")
                .HasKey(row => new
                {
                    row.Database,
                    row.Kind,
                    row.Name,
                });
            table.Property(row => row.Database).HasColumnName("source").HasMaxLength(NameMax);
            table.Property(row => row.Kind).HasColumnName("kind");
            table.Property(row => row.Name).HasColumnName("name").HasMaxLength(NameMax);
            table.Property(row => row.FirstSequence).HasColumnName("first_sequence");
            table.Property(row => row.Sequence).HasColumnName("sequence");
            table.Property(row => row.Lsn).HasColumnName("lsn");
            table.Property(row => row.FirstCommit).HasColumnName("first_commit");
            table.Property(row => row.LastCommit).HasColumnName("last_commit");
            table.HasIndex(row => row.FirstSequence).HasDatabaseName("dirty_first_sequence");
        });
        model.Entity<RequestedRunRow>(table =>
        {
            table.ToTable("requested_run").HasKey(row => new { row.Database, row.Reason });
            table.Property(row => row.Database).HasColumnName("source").HasMaxLength(NameMax);
            table.Property(row => row.Reason).HasColumnName("reason");
            table.Property(row => row.AskedAt).HasColumnName("asked_at");
            table.Property(row => row.Lsn).HasColumnName("lsn");
            table.Property(row => row.ReadableSince).HasColumnName("readable_since");
        });
        model.Entity<FeedKeyTableRow>(table =>
        {
            table.ToTable("feed_key_table").HasKey(row => row.Id);
            table.Property(row => row.Id).HasColumnName("id").ValueGeneratedNever();
            table.Property(row => row.Name).HasColumnName("name").HasMaxLength(NameMax);
            table.Property(row => row.IsFilled).HasColumnName("is_filled");
            table.HasIndex(row => row.Name).IsUnique().HasDatabaseName("feed_key_table_name");
        });
        model.Entity<FeedKeyRow>(table =>
        {
            table.ToTable("feed_key").HasKey(row => new { row.TableId, row.Key });
            table.Property(row => row.TableId).HasColumnName("table_id");
            table.Property(row => row.Key).HasColumnName("row_key").HasMaxLength(NameMax);
            table.Property(row => row.Account).HasColumnName("account");
            table.Property(row => row.Organization).HasColumnName("organization").HasMaxLength(NameMax);
        });
        model.Entity<AccuracyRow>(table =>
        {
            table.ToTable("published_accuracy").HasKey(row => row.Id);
            table.Property(row => row.Id).HasColumnName("id").ValueGeneratedNever();
            table.Property(row => row.SampledAt).HasColumnName("sampled_at");
            table.Property(row => row.Rows).HasColumnName("sampled_rows");
            table.Property(row => row.DifferingRows).HasColumnName("differing_rows");
            table.Property(row => row.Fields).HasColumnName("fields");
        });
    }
}
