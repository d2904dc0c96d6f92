using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;

namespace UserReports.Server.Http;

/// <summary>What is wrong in one place of a request.</summary>
/// <param name="Parameter">The parameter that it stands in.</param>
/// <param name="Text">The offending part as it was written.</param>
/// <param name="Position">Where it begins in the parameter's value, in characters from 0.</param>
/// <param name="Suggestions">What may have been meant, the closest first.</param>
internal sealed record RequestFault(
    string Parameter,
    string Code,
    string Detail,
    string Text,
    int Position,
    IReadOnlyList<string> Suggestions
);

/// <summary>How problems are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(ProblemDetails))]
[JsonSerializable(typeof(IReadOnlyList<RequestFault>))]
[JsonSerializable(typeof(RequestFault[]))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(string))]
internal sealed partial class ProblemJson : JsonSerializerContext;
