using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace UserReports.Workspace.Migrations.Sqlite
{
    /// <summary>What nodes share, and who of them leads.</summary>
    internal partial class Sharing : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "counter",
                columns: table => new
                {
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    value = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_counter", x => x.name);
                }
            );

            migrationBuilder.CreateTable(
                name: "installation_key",
                columns: table => new
                {
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    content = table.Column<string>(type: "TEXT", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_installation_key", x => x.name);
                }
            );

            migrationBuilder.CreateTable(
                name: "leader_request",
                columns: table => new
                {
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    asked = table.Column<long>(type: "INTEGER", nullable: false),
                    served = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_leader_request", x => x.name);
                }
            );

            migrationBuilder.CreateTable(
                name: "lease",
                columns: table => new
                {
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    holder = table.Column<string>(type: "TEXT", nullable: false),
                    token = table.Column<long>(type: "INTEGER", nullable: false),
                    since_at = table.Column<long>(type: "INTEGER", nullable: false),
                    until_at = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_lease", x => x.name);
                }
            );

            migrationBuilder.CreateTable(
                name: "ring_key",
                columns: table => new
                {
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    content = table.Column<string>(type: "TEXT", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ring_key", x => x.name);
                }
            );

            migrationBuilder.CreateTable(
                name: "saved_view",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", nullable: false),
                    owner = table.Column<long>(type: "INTEGER", nullable: false),
                    owner_name = table.Column<string>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    folded_name = table.Column<string>(type: "TEXT", nullable: false),
                    address = table.Column<string>(type: "TEXT", nullable: false),
                    is_shared = table.Column<bool>(type: "INTEGER", nullable: false),
                    is_start = table.Column<bool>(type: "INTEGER", nullable: false),
                    saved_at = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_saved_view", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "session",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", nullable: false),
                    account = table.Column<long>(type: "INTEGER", nullable: false),
                    started_at = table.Column<long>(type: "INTEGER", nullable: false),
                    started_from = table.Column<string>(type: "TEXT", nullable: true),
                    browser = table.Column<string>(type: "TEXT", nullable: true),
                    last_used_at = table.Column<long>(type: "INTEGER", nullable: false),
                    last_used_from = table.Column<string>(type: "TEXT", nullable: true),
                    ends_at = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_session", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "session_network",
                columns: table => new
                {
                    account = table.Column<long>(type: "INTEGER", nullable: false),
                    network = table.Column<string>(type: "TEXT", nullable: false),
                    sequence = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_session_network", x => new { x.account, x.network });
                }
            );

            migrationBuilder.CreateTable(
                name: "taken_file",
                columns: table => new
                {
                    digest = table.Column<string>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_taken_file", x => x.digest);
                }
            );

            migrationBuilder.CreateTable(
                name: "used_code",
                columns: table => new
                {
                    account = table.Column<long>(type: "INTEGER", nullable: false),
                    step = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_used_code", x => x.account);
                }
            );

            migrationBuilder.CreateIndex(
                name: "saved_view_owner_name",
                table: "saved_view",
                columns: new[] { "owner", "folded_name" },
                unique: true
            );

            migrationBuilder.CreateIndex(name: "session_account", table: "session", column: "account");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(name: "counter");

            migrationBuilder.DropTable(name: "installation_key");

            migrationBuilder.DropTable(name: "leader_request");

            migrationBuilder.DropTable(name: "lease");

            migrationBuilder.DropTable(name: "ring_key");

            migrationBuilder.DropTable(name: "saved_view");

            migrationBuilder.DropTable(name: "session");

            migrationBuilder.DropTable(name: "session_network");

            migrationBuilder.DropTable(name: "taken_file");

            migrationBuilder.DropTable(name: "used_code");
        }
    }
}
