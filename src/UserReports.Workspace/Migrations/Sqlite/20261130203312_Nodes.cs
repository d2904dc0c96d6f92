using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace UserReports.Workspace.Migrations.Sqlite
{
    /// <summary>The nodes of a workspace, and reveals that hold on all of them.</summary>
    internal partial class Nodes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "node",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    address = table.Column<string>(type: "TEXT", nullable: true),
                    version = table.Column<string>(type: "TEXT", nullable: false),
                    has_files = table.Column<bool>(type: "INTEGER", nullable: false),
                    first_seen_at = table.Column<long>(type: "INTEGER", nullable: false),
                    started_at = table.Column<long>(type: "INTEGER", nullable: false),
                    seen_at = table.Column<long>(type: "INTEGER", nullable: false),
                    has_stopped = table.Column<bool>(type: "INTEGER", nullable: false),
                    clock_ahead = table.Column<long>(type: "INTEGER", nullable: false),
                    run = table.Column<string>(type: "TEXT", nullable: true),
                    following = table.Column<string>(type: "TEXT", nullable: true),
                    limits_digest = table.Column<string>(type: "TEXT", nullable: true),
                    rules_digest = table.Column<string>(type: "TEXT", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_node", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "reveal",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", nullable: false),
                    account = table.Column<long>(type: "INTEGER", nullable: false),
                    username = table.Column<string>(type: "TEXT", nullable: false),
                    credential = table.Column<string>(type: "TEXT", nullable: false),
                    user_uid = table.Column<string>(type: "TEXT", nullable: true),
                    of_name = table.Column<string>(type: "TEXT", nullable: true),
                    q = table.Column<string>(type: "TEXT", nullable: true),
                    target = table.Column<string>(type: "TEXT", nullable: false),
                    reason = table.Column<string>(type: "TEXT", nullable: false),
                    started_at = table.Column<long>(type: "INTEGER", nullable: false),
                    ends_at = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_reveal", x => x.id);
                }
            );

            migrationBuilder.CreateIndex(
                name: "reveal_beholder",
                table: "reveal",
                columns: new[] { "account", "credential" }
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(name: "node");

            migrationBuilder.DropTable(name: "reveal");
        }
    }
}
