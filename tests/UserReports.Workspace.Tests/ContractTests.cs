namespace UserReports.Workspace.Tests;

// Each engine does what every other does: one class for each suite.

public sealed class FollowLedgerInFileTests : FollowLedgerContract<TemporaryFile>;

public sealed class FollowLedgerOnServerTests : FollowLedgerContract<TemporaryDatabase>;

public sealed class FeedKeysInFileTests : FeedKeysContract<TemporaryFile>;

public sealed class FeedKeysOnServerTests : FeedKeysContract<TemporaryDatabase>;

public sealed class WorkspaceDatabaseInFileTests : WorkspaceDatabaseContract<TemporaryFile>;

public sealed class WorkspaceDatabaseOnServerTests : WorkspaceDatabaseContract<TemporaryDatabase>;

public sealed class SavedViewsInFileTests : SavedViewsContract<TemporaryFile>;

public sealed class SavedViewsOnServerTests : SavedViewsContract<TemporaryDatabase>;

public sealed class SessionStoreInFileTests : SessionStoreContract<TemporaryFile>;

public sealed class SessionStoreOnServerTests : SessionStoreContract<TemporaryDatabase>;

public sealed class SecretsInFileTests : SecretsContract<TemporaryFile>;

public sealed class SecretsOnServerTests : SecretsContract<TemporaryDatabase>;

public sealed class EarlierFilesInFileTests : EarlierFilesContract<TemporaryFile>;

public sealed class EarlierFilesOnServerTests : EarlierFilesContract<TemporaryDatabase>;

public sealed class KnownNodesInFileTests : KnownNodesContract<TemporaryFile>;

public sealed class KnownNodesOnServerTests : KnownNodesContract<TemporaryDatabase>;

public sealed class RevealStoreInFileTests : RevealStoreContract<TemporaryFile>;

public sealed class RevealStoreOnServerTests : RevealStoreContract<TemporaryDatabase>;
