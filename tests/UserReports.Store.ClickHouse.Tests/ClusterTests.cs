using UserReports.Store.Contract.Queries;
using UserReports.Store.Contract.Reading;
using UserReports.Store.Contract.Runs;

namespace UserReports.Store.ClickHouse.Tests;

// Where rows lie on several shards, the same has to come of it: one class for each suite in which that can matter.
// All are long: a statement costs four servers what it costs one, and one of the library's servers in four ended within
// a run of them all, without a word (docs/scale.md).

[Trait("Category", "Long")]
public sealed class ClusterReadingTests : ReadingContract<TemporaryCluster>;

[Trait("Category", "Long")]
public sealed class ClusterAccountsTests : AccountsContract<TemporaryCluster>;

[Trait("Category", "Long")]
public sealed class ClusterChangesTests : ChangesContract<TemporaryCluster>;

[Trait("Category", "Long")]
public sealed class ClusterPagingTests : PagingContract<TemporaryCluster>;

[Trait("Category", "Long")]
public sealed class ClusterExportTests : ExportContract<TemporaryCluster>;

[Trait("Category", "Long")]
public sealed class ClusterKnownQueryTests(KnownQueryContract<TemporaryCluster>.Sample sample)
    : KnownQueryContract<TemporaryCluster>(sample);

[Trait("Category", "Long")]
public sealed class ClusterAgreementTests : AgreementContract<TemporaryCluster>;

[Trait("Category", "Long")]
public sealed class ClusterFreeFormTests : FreeFormContract<TemporaryCluster>;

[Trait("Category", "Long")]
public sealed class ClusterQuestionTests : QuestionContract<TemporaryCluster>;

[Trait("Category", "Long")]
public sealed class ClusterHostileQueryTests : HostileQueryContract<TemporaryCluster>;

[Trait("Category", "Long")]
public sealed class ClusterSummaryTests : SummaryContract<TemporaryCluster>;

[Trait("Category", "Long")]
public sealed class ClusterRunTests : RunContract<TemporaryCluster>;

[Trait("Category", "Long")]
public sealed class ClusterCorrectionsTests : CorrectionsContract<TemporaryCluster>;
