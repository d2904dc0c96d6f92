using System.Globalization;
using NJsonSchema;
using NJsonSchema.CodeGeneration;
using NJsonSchema.CodeGeneration.CSharp;
using NSwag;
using NSwag.CodeGeneration;
using NSwag.CodeGeneration.CSharp;
using NSwag.CodeGeneration.OperationNameGenerators;

namespace UserReports.Server.Tests.Api;

/// <summary>Makes the C# client's code from the OpenAPI document.</summary>
internal static class ClientGeneration
{
    public static async Task<string> GenerateAsync(string json, CancellationToken cancellationToken)
    {
        var document = await OpenApiDocument.FromJsonAsync(json, cancellationToken);
        // A member that a newer server adds is passed over, rather than kept in a dictionary of every object.
        foreach (
            var schema in document.Components.Schemas.Values.Where(schema => schema.AdditionalPropertiesSchema is null)
        )
            schema.AllowAdditionalProperties = false;
        var settings = new CSharpClientGeneratorSettings
        {
            ClassName = "UserReportsClient",
            ExceptionClass = "UserReportsException",
            OperationNameGenerator = new SingleClientFromOperationIdOperationNameGenerator(),
            ParameterNameGenerator = new ParameterNames(),
            ParameterDateTimeFormat = "o",
            GenerateOptionalParameters = true,
            GenerateClientInterfaces = true,
            InjectHttpClient = true,
            DisposeHttpClient = false,
            UseBaseUrl = false,
            GenerateBaseUrlProperty = false,
            ResponseArrayType = "System.Collections.Generic.IReadOnlyList",
            CSharpGeneratorSettings =
            {
                Namespace = "UserReports.Client",
                JsonLibrary = CSharpJsonLibrary.SystemTextJson,
                JsonLibraryVersion = 10.0m,
                EnumNameGenerator = new EnumNames(),
                PropertyNameGenerator = new PropertyNames(),
                GenerateNullableReferenceTypes = true,
                GenerateOptionalPropertiesAsNullable = true,
                GenerateDataAnnotations = false,
                ArrayType = "System.Collections.Generic.IReadOnlyList",
                ArrayInstanceType = "System.Collections.Generic.List",
                ArrayBaseType = "System.Collections.Generic.List",
                DictionaryType = "System.Collections.Generic.IReadOnlyDictionary",
                DictionaryInstanceType = "System.Collections.Generic.Dictionary",
                DateTimeType = "System.DateTimeOffset",
                DateType = "System.DateOnly",
                AnyType = "System.Text.Json.JsonElement?",
            },
        };
        return new CSharpClientGenerator(document, settings).GenerateFile().ReplaceLineEndings("\n");
    }

    /// <summary><c>total_storage_bytes</c> is <c>TotalStorageBytes</c> in C#.</summary>
    private static string Pascal(string name) =>
        string.Concat(
            name.Split('_', StringSplitOptions.RemoveEmptyEntries)
                .Select(word => char.ToUpper(word[0], CultureInfo.InvariantCulture) + word[1..])
        );

    private sealed class PropertyNames : IPropertyNameGenerator
    {
        public string Generate(JsonSchemaProperty property) => Pascal(property.Name);
    }

    private sealed class EnumNames : IEnumNameGenerator
    {
        public string Generate(int index, string? name, object? value, JsonSchema schema) => Pascal(name!);
    }

    private sealed class ParameterNames : IParameterNameGenerator
    {
        public string Generate(OpenApiParameter parameter, IEnumerable<OpenApiParameter> allParameters)
        {
            var name = Pascal(parameter.Name);
            return char.ToLowerInvariant(name[0]) + name[1..];
        }
    }
}
