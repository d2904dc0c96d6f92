using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using UserReports.Server.Configuration;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace UserReports.Architecture.Tests;

/// <summary>What several nodes are installed with: the compose file and the chart say what the service takes.</summary>
public sealed partial class SeveralNodesTests
{
    private const string Compose = "deploy/compose/";
    private const string Chart = "deploy/helm/user-reports/";
    private const string Prefix = "USERREPORTS__";

    private static readonly string[] Secrets = ["platform", "usage", "store", "workspace"];

    [Fact]
    public void Compose_ItsNodes_HaveSettingsThatAreValid()
    {
        var nodes = Nodes().ToList();
        Assert.Equal(3, nodes.Count);
        Assert.Equal(
            nodes.Count,
            nodes.Select(node => Of(node.Value["environment"], "USERREPORTS__Node__Name")).Distinct().Count()
        );
        foreach (var (name, node) in nodes)
        {
            var environment = Map(node["environment"]).ToDictionary(pair => pair.Key, pair => Substituted(pair.Value));
            var settings = Read(environment);
            var port = new Uri(environment["ASPNETCORE_URLS"].Replace('+', 'x')).Port;
            Assert.Equal($"http://{name}:{port}", settings.Of(NodeSettings.Address));
            Assert.Equal([$"{port}"], Values(node["expose"]));
            Assert.Equal(
                Values(node["secrets"]).Select(secret => $"/run/secrets/{secret}").Order(),
                environment
                    .Where(pair => pair.Key.EndsWith("__File", StringComparison.Ordinal))
                    .Select(pair => pair.Value)
                    .Order()
            );
            // The audit log outlives its container.
            Assert.Equal([$"{name}:/data"], Values(node["volumes"]));
            Assert.StartsWith("/data/", environment["USERREPORTS__Audit__Folder"], StringComparison.Ordinal);
        }
    }

    /// <summary>What docs/monitoring.md shows to be put into Prometheus.</summary>
    [Fact]
    public void Scraping_AsThePageShowsIt_IsAJobWithCredentialsAndATarget()
    {
        var block = Assert.Single(YamlBlock().Matches(Checkout.Read("docs/monitoring.md"))).Groups[1].Value;
        var job = Map(Assert.Single((List<object>)Yaml(block)["scrape_configs"]));
        Assert.StartsWith("/", Of(job["authorization"], "credentials_file"), StringComparison.Ordinal);
        var targets = Map(Assert.Single((List<object>)job["static_configs"]))["targets"];
        Assert.Equal(["127.0.0.1:5080"], Values(targets));
    }

    [Fact]
    public void Compose_WhatItNames_IsThere()
    {
        var file = Yaml(Checkout.Read(Compose + "compose.yaml"));
        var services = Map(file["services"]);
        foreach (var (name, service) in services.Select(pair => (pair.Key, Map(pair.Value))))
        {
            Assert.Empty(Values(service.GetValueOrDefault("depends_on")).Except(services.Keys));
            Assert.Empty(Values(service.GetValueOrDefault("secrets")).Except(Map(file["secrets"]).Keys));
            foreach (var volume in Values(service.GetValueOrDefault("volumes")).Select(volume => volume.Split(':')[0]))
            {
                Assert.True(
                    volume.StartsWith("./", StringComparison.Ordinal)
                        ? File.Exists(Path.Combine(Checkout.Root, Compose, volume))
                        : Map(file["volumes"]).ContainsKey(volume),
                    $"{name} uses {volume}, which is not there"
                );
            }
        }

        // Whoever the proxy is, it is on this network, and the nodes believe it alone.
        var network = Map(((List<object>)Map(Map(Map(file["networks"])["default"])["ipam"])["config"])[0]);
        Assert.All(
            Nodes(),
            node => Assert.Equal(network["subnet"], Of(node.Value["environment"], "USERREPORTS__Proxies"))
        );
        var proxied = Server().Matches(Checkout.Read(Compose + "nginx.conf")).Select(match => match.Groups[1].Value);
        Assert.Equal(Nodes().Select(node => $"{node.Key}:{Values(node.Value["expose"])[0]}").Order(), proxied.Order());
    }

    [Theory]
    [InlineData("")]
    [InlineData("postgres.enabled=false")]
    [InlineData("clickhouse.enabled=false")]
    public void Chart_Rendered_FitsTogether(string set)
    {
        var values = Yaml(Checkout.Read(Chart + "values.yaml"));
        if (set.Split('=') is [var path, var value])
            values[path.Split('.')[0]] = new Dictionary<string, object>(Map(values[path.Split('.')[0]]))
            {
                [path.Split('.')[1]] = value,
            };
        var documents = Templates().SelectMany(file => Documents(Render(Checkout.Read(file), values))).ToList();
        Assert.Equal(set.Length == 0 ? 9 : 7, documents.Count);
        Assert.Equal(
            documents.Count,
            documents.Select(document => $"{document["kind"]} {Map(document["metadata"])["name"]}").Distinct().Count()
        );
        var pods = documents
            .Where(document => (string)document["kind"] == "StatefulSet")
            .Select(document => Map(Map(Map(document["spec"])["template"])["spec"]))
            .ToList();
        var sets = documents
            .Where(document => (string)document["kind"] == "StatefulSet")
            .ToDictionary(document => Of(Map(Map(document["spec"])["selector"])["matchLabels"], "app"));
        foreach (var service in documents.Where(document => (string)document["kind"] == "Service"))
        {
            var spec = Map(service["spec"]);
            var target = sets[Of(spec["selector"], "app")];
            var template = Map(Map(target["spec"])["template"]);
            Assert.Equal(Of(spec["selector"], "app"), Of(Map(template["metadata"])["labels"], "app"));
            var container = Map(((List<object>)Map(template["spec"])["containers"])[0]);
            var port = Map(((List<object>)container["ports"])[0]);
            var own = Map(((List<object>)spec["ports"])[0]);
            Assert.Equal((port["name"], port["containerPort"]), (own["targetPort"], own["port"]));
        }

        Assert.All(
            sets.Values,
            one =>
                Assert.Contains(
                    documents,
                    document =>
                        (string)document["kind"] == "Service"
                        && Map(document["metadata"])["name"].Equals(Map(one["spec"])["serviceName"])
                )
        );
        Assert.All(pods, pod => Assert.Single((List<object>)pod["containers"]));
    }

    [Fact]
    public void Chart_ItsNodes_HaveSettingsThatAreValid()
    {
        var values = Yaml(Checkout.Read(Chart + "values.yaml"));
        var node = Documents(Render(Checkout.Read(Chart + "templates/nodes.yaml"), values)).Single();
        var container = Map(((List<object>)Map(Map(Map(node["spec"])["template"])["spec"])["containers"])[0]);
        var environment = ((List<object>)container["env"])
            .Select(Map)
            .Where(variable => variable.ContainsKey("value"))
            .Concat(
                Map(values["settings"])
                    .Select(pair => new Dictionary<string, object> { ["name"] = pair.Key, ["value"] = pair.Value })
            )
            .ToDictionary(
                variable => (string)variable["name"],
                variable => ((string)variable["value"]).Replace("$(POD)", "user-reports-0", StringComparison.Ordinal)
            );
        var settings = Read(environment);
        var spec = Map(node["spec"]);
        Assert.Equal(
            $"http://user-reports-0.{spec["serviceName"]}:{values["port"]}",
            settings.Of(NodeSettings.Address)
        );
        Assert.Equal("user-reports-0", settings.Of(NodeSettings.Name));
        Assert.Equal("/data/audit", environment["USERREPORTS__Audit__Folder"]);
        var mounts = ((List<object>)container["volumeMounts"])
            .Select(Map)
            .ToDictionary(mount => mount["mountPath"], mount => mount["name"]);
        Assert.Equal("data", mounts["/data"]);
        Assert.All(
            environment.Where(pair => pair.Key.EndsWith("__File", StringComparison.Ordinal)),
            pair => Assert.Equal("secrets", mounts[Path.GetDirectoryName(pair.Value)!])
        );
    }

    /// <summary>A value that nobody uses, or that nobody describes, is a mistake.</summary>
    [Fact]
    public void Chart_ItsValues_AreUsedAndDescribed()
    {
        var values = Yaml(Checkout.Read(Chart + "values.yaml"));
        var schema = JsonNode.Parse(Checkout.Read(Chart + "values.schema.json"))!;
        var described = schema["properties"]!.AsObject().Select(property => property.Key).ToList();
        Assert.Equal(values.Keys.Append("global").Order(), described.Order());
        Assert.Equal(values.Keys.Order(), schema["required"]!.AsArray().Select(name => (string)name!).Order());
        Assert.All(
            new[] { "postgres", "clickhouse" },
            server =>
                Assert.Equal(
                    schema["definitions"]!["server"]!["properties"]!
                        .AsObject()
                        .Select(property => property.Key)
                        .Order(),
                    Map(values[server]).Keys.Order()
                )
        );
        var used = Templates()
            .SelectMany(file => Value().Matches(Checkout.Read(file)))
            .Select(match => match.Groups[1].Value)
            .Concat(
                Condition()
                    .Matches(string.Concat(Templates().Select(Checkout.Read)))
                    .Select(match => match.Groups[1].Value)
            )
            .ToHashSet();
        var known = values
            .SelectMany(pair =>
                pair.Key is "postgres" or "clickhouse"
                    ? Map(pair.Value).Keys.Select(key => $"{pair.Key}.{key}")
                    : [pair.Key]
            )
            .ToHashSet();
        Assert.Equal(known.Order(), used.Order());
        Assert.Equal("v2", Yaml(Checkout.Read(Chart + "Chart.yaml"))["apiVersion"]);
    }

    private static IEnumerable<string> Templates() => Checkout.Files(Chart + "templates", ".yaml");

    private static IEnumerable<KeyValuePair<string, Dictionary<string, object>>> Nodes() =>
        Map(Yaml(Checkout.Read(Compose + "compose.yaml"))["services"])
            .Where(pair => pair.Key.StartsWith("node-", StringComparison.Ordinal))
            .Select(pair => KeyValuePair.Create(pair.Key, Map(pair.Value)));

    /// <summary>As the service reads it at its start; secrets are what the comments say.</summary>
    private static ServerSettings Read(IEnumerable<KeyValuePair<string, string>> environment)
    {
        var given = environment
            .Where(pair => pair.Key.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(
                pair => pair.Key[Prefix.Length..].Replace("__", ":", StringComparison.Ordinal),
                pair => (string?)pair.Value
            );
        foreach (var name in given.Keys.Where(name => name.EndsWith(":File", StringComparison.Ordinal)).ToList())
        {
            Assert.Contains(Path.GetFileName(given[name]!), Secrets);
            given.Remove(name);
            given[name[..^":File".Length]] = "Host=server;Database=user_reports";
        }

        var settings = ServerSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(given).Build());
        Assert.True(settings.IsStoreShared);
        return settings;
    }

    /// <summary>Of a chart's language what these templates use: values, one condition around a file, JSON.</summary>
    private static string Render(string template, Dictionary<string, object> values)
    {
        if (Condition().Match(template) is { Success: true } condition)
        {
            if (At(values, condition.Groups[1].Value).ToString() != "true")
                return "";
            template = Condition().Replace(template, "").Replace("{{- end }}", "", StringComparison.Ordinal);
        }

        var rendered = Value()
            .Replace(
                template,
                match =>
                    match.Groups[2].Success
                        ? new SerializerBuilder()
                            .JsonCompatible()
                            .Build()
                            .Serialize(At(values, match.Groups[1].Value))
                            .Trim()
                        : At(values, match.Groups[1].Value).ToString()!
            );
        Assert.DoesNotContain("{{", rendered.Replace("{{ }}", "", StringComparison.Ordinal), StringComparison.Ordinal);
        return rendered;
    }

    private static object At(Dictionary<string, object> values, string path) =>
        path.Split('.').Aggregate((object)values, (value, name) => Map(value)[name]);

    private static IEnumerable<Dictionary<string, object>> Documents(string text) =>
        text.Split("\n---\n").Where(document => document.Trim().Length > 0).Select(Yaml);

    private static Dictionary<string, object> Yaml(string text) =>
        Map(
            new DeserializerBuilder().Build().Deserialize<object>(new MergingParser(new Parser(new StringReader(text))))
        );

    private static Dictionary<string, object> Map(object value) =>
        value as Dictionary<string, object>
        ?? ((Dictionary<object, object>)value).ToDictionary(pair => (string)pair.Key, pair => pair.Value);

    private static string Of(object map, string name) => (string)Map(map)[name];

    private static List<string> Values(object? list) => [.. ((List<object>?)list ?? []).Select(value => (string)value)];

    /// <summary>Variables of the shell that have a default.</summary>
    private static string Substituted(object value) => Variable().Replace((string)value, "$1");

    [GeneratedRegex(@"^```yaml\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex YamlBlock();

    [GeneratedRegex(@"\{\{ \.Values\.([\w.]+)( \| toJson)? \}\}")]
    private static partial Regex Value();

    [GeneratedRegex(@"\{\{- if \.Values\.([\w.]+) \}\}\n")]
    private static partial Regex Condition();

    [GeneratedRegex(@"\$\{\w+:-([^}]*)\}")]
    private static partial Regex Variable();

    [GeneratedRegex(@"^\s*server ([\w-]+:\d+) ", RegexOptions.Multiline)]
    private static partial Regex Server();
}
