using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace UserReports.Workspace.Migrations.Postgres
{
    /// <summary>What following keeps.</summary>
    internal partial class Following : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "dirty",
                columns: table => new
                {
                    source = table.Column<string>(type: "text", nullable: false),
                    kind = table.Column<int>(type: "integer", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    first_sequence = table.Column<long>(type: "bigint", nullable: false),
                    sequence = table.Column<long>(type: "bigint", nullable: false),
                    lsn = table.Column<long>(type: "bigint", nullable: false),
                    first_commit = table.Column<long>(type: "bigint", nullable: false),
                    last_commit = table.Column<long>(type: "bigint", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey(
                        "PK_dirty",
                        x => new
                        {
                            x.source,
                            x.kind,
                            x.name,
                        }
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "feed_key",
                columns: table => new
                {
                    table_id = table.Column<int>(type: "integer", nullable: false),
                    row_key = table.Column<string>(type: "text", nullable: false),
                    account = table.Column<long>(type: "bigint", nullable: true),
                    organization = table.Column<string>(type: "text", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_feed_key", x => new { x.table_id, x.row_key });
                }
            );

            migrationBuilder.CreateTable(
                name: "feed_key_table",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    is_filled = table.Column<bool>(type: "boolean", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_feed_key_table", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "feed_position",
                columns: table => new
                {
                    feed = table.Column<string>(type: "text", nullable: false),
                    position = table.Column<string>(type: "text", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_feed_position", x => x.feed);
                }
            );

            migrationBuilder.CreateTable(
                name: "published_accuracy",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    sampled_at = table.Column<long>(type: "bigint", nullable: false),
                    sampled_rows = table.Column<int>(type: "integer", nullable: false),
                    differing_rows = table.Column<int>(type: "integer", nullable: false),
                    fields = table.Column<string>(type: "text", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_published_accuracy", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "requested_run",
                columns: table => new
                {
                    source = table.Column<string>(type: "text", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: false),
                    asked_at = table.Column<long>(type: "bigint", nullable: false),
                    lsn = table.Column<long>(type: "bigint", nullable: false),
                    readable_since = table.Column<long>(type: "bigint", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_requested_run", x => new { x.source, x.reason });
                }
            );

            migrationBuilder.CreateIndex(name: "dirty_first_sequence", table: "dirty", column: "first_sequence");

            migrationBuilder.CreateIndex(
                name: "feed_key_table_name",
                table: "feed_key_table",
                column: "name",
                unique: true
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(name: "dirty");

            migrationBuilder.DropTable(name: "feed_key");

            migrationBuilder.DropTable(name: "feed_key_table");

            migrationBuilder.DropTable(name: "feed_position");

            migrationBuilder.DropTable(name: "published_accuracy");

            migrationBuilder.DropTable(name: "requested_run");
        }
    }
}
