using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace UserReports.Workspace.Migrations.Sqlite
{
    /// <summary>The ledger of a store that several machines share.</summary>
    internal partial class SharedRuns : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "shared_generation",
                columns: table => new
                {
                    name = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    run = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    status = table.Column<int>(type: "INTEGER", nullable: false),
                    layout = table.Column<int>(type: "INTEGER", nullable: false),
                    completed_at = table.Column<long>(type: "INTEGER", nullable: true),
                    change = table.Column<long>(type: "INTEGER", nullable: false),
                    first_change = table.Column<long>(type: "INTEGER", nullable: false),
                    last_number = table.Column<long>(type: "INTEGER", nullable: false),
                    begun_number = table.Column<long>(type: "INTEGER", nullable: true),
                    given_up = table.Column<string>(type: "TEXT", nullable: false),
                    row_count = table.Column<long>(type: "INTEGER", nullable: false),
                    changed = table.Column<long>(type: "INTEGER", nullable: false),
                    replaced = table.Column<long>(type: "INTEGER", nullable: false),
                    used_at = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_shared_generation", x => x.name);
                }
            );

            migrationBuilder.CreateTable(
                name: "shared_range",
                columns: table => new
                {
                    run = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    first_id = table.Column<long>(type: "INTEGER", nullable: false),
                    last_id = table.Column<long>(type: "INTEGER", nullable: false),
                    accounts = table.Column<long>(type: "INTEGER", nullable: false),
                    status = table.Column<int>(type: "INTEGER", nullable: false),
                    owner = table.Column<string>(type: "TEXT", maxLength: 255, nullable: true),
                    lease_until = table.Column<long>(type: "INTEGER", nullable: false),
                    attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    claim = table.Column<long>(type: "INTEGER", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_shared_range", x => new { x.run, x.first_id });
                }
            );

            migrationBuilder.CreateTable(
                name: "shared_run",
                columns: table => new
                {
                    uid = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    number = table.Column<long>(type: "INTEGER", nullable: false),
                    status = table.Column<int>(type: "INTEGER", nullable: false),
                    started_at = table.Column<long>(type: "INTEGER", nullable: false),
                    finished_at = table.Column<long>(type: "INTEGER", nullable: true),
                    accounts_total = table.Column<long>(type: "INTEGER", nullable: false),
                    accounts_done = table.Column<long>(type: "INTEGER", nullable: false),
                    rows_written = table.Column<long>(type: "INTEGER", nullable: false),
                    ranges_total = table.Column<int>(type: "INTEGER", nullable: false),
                    ranges_done = table.Column<int>(type: "INTEGER", nullable: false),
                    heartbeat_at = table.Column<long>(type: "INTEGER", nullable: true),
                    last_error = table.Column<string>(type: "TEXT", nullable: true),
                    warning_count = table.Column<long>(type: "INTEGER", nullable: false),
                    touched_last = table.Column<long>(type: "INTEGER", nullable: false),
                    touched_seen = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_shared_run", x => x.uid);
                }
            );

            migrationBuilder.CreateTable(
                name: "shared_warning",
                columns: table => new
                {
                    run = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    subject = table.Column<string>(type: "TEXT", nullable: false),
                    problem = table.Column<string>(type: "TEXT", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_shared_warning", x => new { x.run, x.number });
                }
            );

            migrationBuilder.CreateTable(
                name: "touched_account",
                columns: table => new
                {
                    run = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    account = table.Column<long>(type: "INTEGER", nullable: false),
                    sequence = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey(
                        "PK_touched_account",
                        x => new
                        {
                            x.run,
                            x.account,
                            x.sequence,
                        }
                    );
                }
            );

            migrationBuilder.CreateIndex(
                name: "shared_run_in_progress",
                table: "shared_run",
                column: "status",
                unique: true,
                filter: "\"status\" = 0"
            );

            migrationBuilder.CreateIndex(
                name: "shared_run_number",
                table: "shared_run",
                column: "number",
                unique: true
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(name: "shared_generation");

            migrationBuilder.DropTable(name: "shared_range");

            migrationBuilder.DropTable(name: "shared_run");

            migrationBuilder.DropTable(name: "shared_warning");

            migrationBuilder.DropTable(name: "touched_account");
        }
    }
}
