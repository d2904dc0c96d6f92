using System.Text.Json.Serialization;
using UserReports.Server.Api.History;
using UserReports.Server.Api.Lists;
using UserReports.Server.Api.Privacy;
using UserReports.Server.Api.Runs;
using UserReports.Server.Audit;

namespace UserReports.Server.Api;

/// <summary>Whether the service can do its work.</summary>
public sealed record HealthEntry(string Status);

/// <summary>How answers other than reports are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(IReadOnlyList<FieldEntry>))]
[JsonSerializable(typeof(IReadOnlyList<SnapshotEntry>))]
[JsonSerializable(typeof(RunPage))]
[JsonSerializable(typeof(RunEntry))]
[JsonSerializable(typeof(HealthEntry))]
[JsonSerializable(typeof(IReadOnlyList<SessionEntry>))]
[JsonSerializable(typeof(RevealEntry))]
[JsonSerializable(typeof(IReadOnlyList<RevealEntry>))]
[JsonSerializable(typeof(IReadOnlyList<AuditRecord>))]
internal sealed partial class ApiJson : JsonSerializerContext;
