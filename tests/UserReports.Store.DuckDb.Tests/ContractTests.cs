using UserReports.Store.Contract.History;
using UserReports.Store.Contract.Queries;
using UserReports.Store.Contract.Reading;
using UserReports.Store.Contract.Runs;

namespace UserReports.Store.DuckDb.Tests;

// What this engine has to do as every other: one class for each suite.

public sealed class ReadingTests : ReadingContract<TemporaryStore>;

public sealed class AccountsTests : AccountsContract<TemporaryStore>;

public sealed class ChangesTests : ChangesContract<TemporaryStore>;

public sealed class PagingTests : PagingContract<TemporaryStore>;

public sealed class ExportTests : ExportContract<PartlySortingStore>;

public sealed class KnownQueryTests(KnownQueryContract<TemporaryStore>.Sample sample)
    : KnownQueryContract<TemporaryStore>(sample);

public sealed class AgreementTests : AgreementContract<TemporaryStore>;

public sealed class FreeFormTests : FreeFormContract<TemporaryStore>;

public sealed class QuestionTests : QuestionContract<TemporaryStore>;

public sealed class HostileQueryTests : HostileQueryContract<TemporaryStore>;

public sealed class SummaryTests : SummaryContract<TemporaryStore>;

public sealed class RunTests : RunContract<TemporaryStore>;

public sealed class CorrectionsTests : CorrectionsContract<TemporaryStore>;

public sealed class HistoryTests : HistoryContract<TemporaryStore>;

public sealed class ComparisonTests : ComparisonContract<TemporaryStore>;
