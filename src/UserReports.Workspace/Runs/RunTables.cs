using Microsoft.EntityFrameworkCore;

namespace UserReports.Workspace.Runs;

/// <summary>The tables of the shared store's ledger, as the model has them.</summary>
internal static class RunTables
{
    private const int NameMax = 255;
    private const int UidLength = 32;

    public static void Map(ModelBuilder model)
    {
        model.Entity<SharedRunRow>(table =>
        {
            table.ToTable("shared_run").HasKey(row => row.Uid);
            table.Property(row => row.Uid).HasColumnName("uid").HasMaxLength(UidLength);
            table.Property(row => row.Number).HasColumnName("number");
            table.Property(row => row.Status).HasColumnName("status");
            table.Property(row => row.StartedAt).HasColumnName("started_at");
            table.Property(row => row.FinishedAt).HasColumnName("finished_at");
            table.Property(row => row.AccountsTotal).HasColumnName("accounts_total");
            table.Property(row => row.AccountsDone).HasColumnName("accounts_done");
            table.Property(row => row.RowsWritten).HasColumnName("rows_written");
            table.Property(row => row.RangesTotal).HasColumnName("ranges_total");
            table.Property(row => row.RangesDone).HasColumnName("ranges_done");
            table.Property(row => row.HeartbeatAt).HasColumnName("heartbeat_at");
            table.Property(row => row.LastError).HasColumnName("last_error");
            table.Property(row => row.WarningCount).HasColumnName("warning_count");
            table.Property(row => row.TouchedLast).HasColumnName("touched_last");
            table.Property(row => row.TouchedSeen).HasColumnName("touched_seen");
            // Of runs that begin at the same time one is refused: there is never more than one in progress.
            table
                .HasIndex(row => row.Status)
                .IsUnique()
                .HasFilter("\"status\" = 0")
                .HasDatabaseName("shared_run_in_progress");
            table.HasIndex(row => row.Number).IsUnique().HasDatabaseName("shared_run_number");
        });
        model.Entity<SharedRangeRow>(table =>
        {
            table.ToTable("shared_range").HasKey(row => new { row.Run, row.FirstId });
            table.Property(row => row.Run).HasColumnName("run").HasMaxLength(UidLength);
            table.Property(row => row.FirstId).HasColumnName("first_id");
            table.Property(row => row.LastId).HasColumnName("last_id");
            table.Property(row => row.Accounts).HasColumnName("accounts");
            table.Property(row => row.Status).HasColumnName("status");
            table.Property(row => row.Owner).HasColumnName("owner").HasMaxLength(NameMax);
            table.Property(row => row.LeaseUntil).HasColumnName("lease_until");
            table.Property(row => row.Attempts).HasColumnName("attempts");
            table.Property(row => row.Claim).HasColumnName("claim");
        });
        model.Entity<SharedWarningRow>(table =>
        {
            table.ToTable("shared_warning").HasKey(row => new { row.Run, row.Number });
            table.Property(row => row.Run).HasColumnName("run").HasMaxLength(UidLength);
            table.Property(row => row.Number).HasColumnName("number");
            table.Property(row => row.Subject).HasColumnName("subject");
            table.Property(row => row.Problem).HasColumnName("problem");
        });
        model.Entity<TouchedAccountRow>(table =>
        {
            table
                .ToTable("touched_account")
                .HasKey(row => new
                {
                    row.Run,
                    row.Account,
                    row.Sequence,
                });
            table.Property(row => row.Run).HasColumnName("run").HasMaxLength(UidLength);
            table.Property(row => row.Account).HasColumnName("account");
            table.Property(row => row.Sequence).HasColumnName("sequence");
        });
        model.Entity<SharedGenerationRow>(table =>
        {
            table.ToTable("shared_generation").HasKey(row => row.Name);
            table.Property(row => row.Name).HasColumnName("name").HasMaxLength(UidLength);
            table.Property(row => row.Run).HasColumnName("run").HasMaxLength(UidLength);
            table.Property(row => row.Status).HasColumnName("status");
            table.Property(row => row.Layout).HasColumnName("layout");
            table.Property(row => row.CompletedAt).HasColumnName("completed_at");
            table.Property(row => row.Change).HasColumnName("change");
            table.Property(row => row.FirstChange).HasColumnName("first_change");
            table.Property(row => row.LastNumber).HasColumnName("last_number");
            table.Property(row => row.BegunNumber).HasColumnName("begun_number");
            table.Property(row => row.GivenUp).HasColumnName("given_up");
            table.Property(row => row.Rows).HasColumnName("row_count");
            table.Property(row => row.Changed).HasColumnName("changed");
            table.Property(row => row.Replaced).HasColumnName("replaced");
            table.Property(row => row.UsedAt).HasColumnName("used_at");
        });
    }
}
