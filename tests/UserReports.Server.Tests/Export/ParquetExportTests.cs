using System.Globalization;
using System.Text.Json.Nodes;
using DuckDB.NET.Data;
using UserReports.Core.Reports;
using UserReports.Server.Export;

namespace UserReports.Server.Tests.Export;

/// <summary>The files are read by DuckDB, which shares nothing with the library that writes them.</summary>
public sealed class ParquetExportTests
{
    [Fact]
    public async Task Parquet_OfAwkwardRows_ReadsBackAsTheList()
    {
        var rows = await ReadAsync("select to_json(r)::varchar from read_parquet('{0}') r", copies: 1);

        Assert.Equal(AwkwardRows.Rows.Count, rows.Count);
        foreach (var (read, row) in rows.Zip(AwkwardRows.Rows))
        {
            foreach (var (name, value) in JsonNode.Parse((string)read)!.AsObject())
            {
                var field = ReportCatalogue.All.Single(f => f.Path == name || f.Path == name + "[]");
                AssertEqual(field, AwkwardRows.At(row, name), value);
            }
        }
    }

    [Fact]
    public async Task Parquet_KeysOfFreeFormJson_AreColumnsOfTheirOwn()
    {
        var rows = await ReadAsync(
            "select to_json(r)::varchar from read_parquet('{0}') r limit 1",
            1,
            ExportColumns.Of(AwkwardRows.Keys)
        );

        var read = JsonNode.Parse((string)rows[0])!.AsObject();
        Assert.Equal(AwkwardRows.KeyHeaders, read.Select(member => member.Key));
        Assert.Equal(AwkwardRows.KeyValues, read.Select(member => member.Value?.GetValue<string>()));
    }

    [Fact]
    public async Task Parquet_MoreThanOneRowGroup_HoldsEveryRow()
    {
        var copies = 25_000 / AwkwardRows.Rows.Count;

        var counts = await ReadAsync(
            "select count(*) || ' ' || count(distinct username) || ' ' || sum(len(subscriptions)) from read_parquet('{0}')",
            copies
        );

        var usernames = AwkwardRows.Reports.Select(report => report.Account.Username).Distinct().Count();
        Assert.Equal($"{AwkwardRows.Rows.Count * copies} {usernames} {4 * copies}", (string)counts[0]);
    }

    [Fact]
    public async Task Parquet_Types_AreThoseOfTheFields()
    {
        var types = await ReadAsync(
            "select column_name || ' ' || column_type from (describe select * from read_parquet('{0}'))",
            copies: 1
        );

        Assert.Contains("service_usage__total_storage_bytes BIGINT", types);
        Assert.Contains("last_login TIMESTAMP WITH TIME ZONE", types);
        Assert.Contains("account_restricted BOOLEAN", types);
        Assert.Contains("social_accounts STRUCT(id BIGINT, provider VARCHAR, uid VARCHAR)[]", types);
    }

    private static async Task<List<object>> ReadAsync(string sql, int copies, ExportColumns? columns = null)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(
                file,
                await AwkwardRows.ExportAsync(ExportFormat.Parquet, columns, copies: copies),
                TestContext.Current.CancellationToken
            );
            using var database = new DuckDBConnection("Data Source=:memory:");
            database.Open();
            using var command = database.CreateCommand();
            command.CommandText = "set TimeZone='UTC'; " + string.Format(CultureInfo.InvariantCulture, sql, file);
            using var reader = command.ExecuteReader();
            List<object> values = [];
            do
            {
                while (reader.Read())
                    values.Add(reader.GetValue(0));
            } while (reader.NextResult());
            return values;
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void AssertEqual(Field field, JsonNode? expected, JsonNode? read)
    {
        switch (field.Kind)
        {
            case FieldKind.List:
                Assert.Equal(expected!.AsArray().Count, read!.AsArray().Count);
                foreach (var (one, other) in expected.AsArray().Zip(read.AsArray()))
                    AssertMembers(field, one!, other);
                break;
            case FieldKind.Object:
                if (expected is null)
                    Assert.Null(read);
                else
                    AssertMembers(field, expected, read);
                break;
            case FieldKind.Instant when expected is not null:
                Assert.Equal(
                    DateTimeOffset.Parse(expected.GetValue<string>(), CultureInfo.InvariantCulture),
                    DateTimeOffset.Parse(read!.GetValue<string>(), CultureInfo.InvariantCulture)
                );
                break;
            case FieldKind.Json when expected is not null:
                Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(read!.GetValue<string>())), field.Path);
                break;
            case FieldKind.Decimal when expected is not null:
                Assert.Equal(expected.GetValue<decimal>(), read!.GetValue<decimal>());
                break;
            default:
                Assert.True(
                    JsonNode.DeepEquals(expected, read),
                    $"{field.Path}: {expected?.ToJsonString()} {read?.ToJsonString()}"
                );
                break;
        }
    }

    private static void AssertMembers(Field parent, JsonNode expected, JsonNode? read)
    {
        foreach (var child in parent.Children)
            AssertEqual(child, expected[child.Name], read![child.Name]);
    }
}
