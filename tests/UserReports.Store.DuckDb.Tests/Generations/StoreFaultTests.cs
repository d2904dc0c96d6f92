using DuckDB.NET.Data;
using DuckDB.NET.Native;
using UserReports.Store.DuckDb.Generations;

namespace UserReports.Store.DuckDb.Tests.Generations;

/// <summary>
/// What an error of the database stands for: by its type, and by its text only where a type says too little.
/// </summary>
public sealed class StoreFaultTests
{
    [Theory]
    [InlineData(DuckDBErrorType.OutOfMemory, "Out of Memory Error: failed to allocate data of size 2.0 MiB", "Memory")]
    [InlineData(DuckDBErrorType.Io, "IO Error: Could not write file \"/s/a\": No space left on device", "Environment")]
    [InlineData(DuckDBErrorType.Io, "IO Error: Cannot open file \"/s/a\": Too many open files", "Environment")]
    [InlineData(DuckDBErrorType.Io, "IO Error: Could not read from file \"/s\": Is a directory", "Environment")]
    [InlineData(DuckDBErrorType.Io, "IO Error: words that nobody has seen before", "Environment")]
    [InlineData(
        DuckDBErrorType.Io,
        "IO Error: Failure while replaying WAL file \"/s/a.wal\": Could not write file: No space left on device",
        "Environment"
    )]
    [InlineData(DuckDBErrorType.Io, "IO Error: Corrupt database file: computed checksum 1 does not match 2", "Damage")]
    [InlineData(
        DuckDBErrorType.Io,
        "IO Error: The file \"a\" exists, but it is not a valid DuckDB database file!",
        "Damage"
    )]
    [InlineData(
        DuckDBErrorType.Io,
        "IO Error: Could not read enough bytes from file \"a\": attempted to read 9",
        "Damage"
    )]
    [InlineData(DuckDBErrorType.Io, "IO Error: Failure while replaying WAL file \"a.wal\": Corrupt WAL file", "Damage")]
    [InlineData(DuckDBErrorType.Serialization, "Serialization Error: field id mismatch", "Damage")]
    [InlineData(DuckDBErrorType.Fatal, "FATAL Error: Failed to append: Corrupt database file", "Damage")]
    [InlineData(DuckDBErrorType.Fatal, "FATAL Error: Failed to commit: No space left on device", "Environment")]
    [InlineData(DuckDBErrorType.Fatal, "FATAL Error: database has been invalidated", "Engine")]
    [InlineData(
        DuckDBErrorType.Internal,
        "INTERNAL Error: Attempted to access index 3 within vector of size 3",
        "Engine"
    )]
    [InlineData(DuckDBErrorType.Connection, "Connection Error: Connection already closed", "Engine")]
    [InlineData(DuckDBErrorType.Transaction, "TransactionContext Error: Conflict on update!", "Conflict")]
    [InlineData(
        DuckDBErrorType.Transaction,
        "TransactionContext Error: Failed to commit: Could not write file: Disk quota exceeded",
        "Environment"
    )]
    [InlineData(DuckDBErrorType.Transaction, "TransactionContext Error: Current transaction is aborted", "Engine")]
    [InlineData(DuckDBErrorType.Interrupt, "INTERRUPT Error: Interrupted!", "Interrupted")]
    [InlineData(DuckDBErrorType.InvalidInput, "Invalid Input Error: missing ): a(b", "Pattern")]
    [InlineData(DuckDBErrorType.InvalidInput, "Invalid Input Error: Malformed JSON at byte 1 of input", "Refused")]
    [InlineData(DuckDBErrorType.InvalidInput, "Invalid Input Error: missing values", "Refused")]
    [InlineData(
        DuckDBErrorType.InvalidInput,
        "Invalid Input Error: A list of the store has codes that this version does not know.",
        "Damage"
    )]
    [InlineData(
        DuckDBErrorType.Conversion,
        "Conversion Error: Could not convert string 'No space left' to INT64",
        "Refused"
    )]
    [InlineData(DuckDBErrorType.OutOfRange, "Out of Range Error: Overflow in addition of INT64", "Refused")]
    [InlineData(DuckDBErrorType.Invalid, "Binder Error: Referenced column \"corrupt\" not found", "Refused")]
    [InlineData(DuckDBErrorType.Invalid, "Catalog Error: Table with name nope does not exist!", "Refused")]
    [InlineData(DuckDBErrorType.Invalid, "IO Error: Corrupt database file: computed checksum 1", "Damage")]
    [InlineData(DuckDBErrorType.Invalid, "Out of Memory Error: failed to allocate", "Memory")]
    [InlineData(DuckDBErrorType.Invalid, "words without a type", "Refused")]
    [InlineData((DuckDBErrorType)4711, "A type that a later engine has", "Refused")]
    public void Fault_OfATypeAndAText_IsOfItsKind(DuckDBErrorType type, string message, string kind) =>
        Assert.Equal(kind, StoreFault.Of(type, message).Kind.ToString());

    [Theory]
    [InlineData("select * from nope", "Refused")]
    [InlineData("selec 1", "Refused")]
    [InlineData("select cast('x' as bigint)", "Refused")]
    [InlineData("select regexp_matches('a', 'a(b')", "Pattern")]
    [InlineData("select regexp_matches('a', '[z-a]')", "Pattern")]
    [InlineData("select regexp_matches('a', 'a**')", "Pattern")]
    [InlineData("select regexp_matches('a', '(?P<n')", "Pattern")]
    [InlineData("select regexp_matches('a', '\\8')", "Pattern")]
    [InlineData("attach '/dev/null/nowhere' as a", "Environment")]
    [InlineData("set memory_limit = '2MB'; select count(distinct hash(i)::varchar) from range(300000) r(i)", "Memory")]
    [InlineData("attach '{0}' as a", "Damage")]
    public void Fault_OfARealError_IsOfItsKind(string sql, string kind)
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "this is no database, however long it may be looked at");
        try
        {
            using var connection = new DuckDBConnection("Data Source=:memory:;temp_directory=");
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = sql.Replace("{0}", file, StringComparison.Ordinal);

            var error = Assert.Throws<DuckDBException>(() => command.ExecuteNonQuery());

            Assert.Equal(kind, StoreFault.Of(error)!.Kind.ToString());
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Fault_OfAFullDevice_SaysWhatToDo()
    {
        var error = Assert.ThrowsAny<IOException>(() => File.WriteAllText("/dev/full", "x"));

        Assert.Equal(new StoreFault(FaultKind.Environment, "The disk is full; make room."), StoreFault.Of(error));
    }

    [Fact]
    public void Fault_OfAnythingElse_IsNone() => Assert.Null(StoreFault.Of(new InvalidCastException("x")));
}
