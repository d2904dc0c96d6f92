using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace UserReports.Workspace.Migrations.Sqlite
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
                    source = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    kind = table.Column<int>(type: "INTEGER", nullable: false),
                    name = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    first_sequence = table.Column<long>(type: "INTEGER", nullable: false),
                    sequence = table.Column<long>(type: "INTEGER", nullable: false),
                    lsn = table.Column<long>(type: "INTEGER", nullable: false),
                    first_commit = table.Column<long>(type: "INTEGER", nullable: false),
                    last_commit = table.Column<long>(type: "INTEGER", nullable: false),
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

            // The key is all there is to a row: without a second tree for row numbers the table is half as large.
            migrationBuilder.Sql(
                """
                create table feed_key (
                    table_id integer not null, row_key text not null, account integer, organization text,
                    constraint "PK_feed_key" primary key (table_id, row_key)) without rowid
                """
            );

            migrationBuilder.CreateTable(
                name: "feed_key_table",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false),
                    name = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    is_filled = table.Column<bool>(type: "INTEGER", nullable: false),
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
                    feed = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    position = table.Column<string>(type: "TEXT", nullable: false),
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
                    id = table.Column<int>(type: "INTEGER", nullable: false),
                    sampled_at = table.Column<long>(type: "INTEGER", nullable: false),
                    sampled_rows = table.Column<int>(type: "INTEGER", nullable: false),
                    differing_rows = table.Column<int>(type: "INTEGER", nullable: false),
                    fields = table.Column<string>(type: "TEXT", nullable: false),
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
                    source = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    reason = table.Column<string>(type: "TEXT", nullable: false),
                    asked_at = table.Column<long>(type: "INTEGER", nullable: false),
                    lsn = table.Column<long>(type: "INTEGER", nullable: false),
                    readable_since = table.Column<long>(type: "INTEGER", nullable: true),
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
