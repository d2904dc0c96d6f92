using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace UserReports.Workspace.Migrations.Postgres
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
                    id = table.Column<string>(type: "text", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    address = table.Column<string>(type: "text", nullable: true),
                    version = table.Column<string>(type: "text", nullable: false),
                    has_files = table.Column<bool>(type: "boolean", nullable: false),
                    first_seen_at = table.Column<long>(type: "bigint", nullable: false),
                    started_at = table.Column<long>(type: "bigint", nullable: false),
                    seen_at = table.Column<long>(type: "bigint", nullable: false),
                    has_stopped = table.Column<bool>(type: "boolean", nullable: false),
                    clock_ahead = table.Column<long>(type: "bigint", nullable: false),
                    run = table.Column<string>(type: "text", nullable: true),
                    following = table.Column<string>(type: "text", nullable: true),
                    limits_digest = table.Column<string>(type: "text", nullable: true),
                    rules_digest = table.Column<string>(type: "text", nullable: false),
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
                    id = table.Column<string>(type: "text", nullable: false),
                    account = table.Column<long>(type: "bigint", nullable: false),
                    username = table.Column<string>(type: "text", nullable: false),
                    credential = table.Column<string>(type: "text", nullable: false),
                    user_uid = table.Column<string>(type: "text", nullable: true),
                    of_name = table.Column<string>(type: "text", nullable: true),
                    q = table.Column<string>(type: "text", nullable: true),
                    target = table.Column<string>(type: "text", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: false),
                    started_at = table.Column<long>(type: "bigint", nullable: false),
                    ends_at = table.Column<long>(type: "bigint", nullable: false),
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
