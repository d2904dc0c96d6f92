using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using UserReports.Sources.Generating;
using UserReports.Sources.Schema;

namespace UserReports.Sources.Tests;

/// <summary>Whom rows touch is declared for every table that reports are read from.</summary>
public sealed partial class SourceTouchesTests
{
    /// <summary>Read to sign somebody in, and by no report.</summary>
    private static readonly string[] OfIdentities = ["authtoken_token", "mfa_authenticator"];

    private static readonly HashSet<string> Declared =
    [
        .. SourceTouches.Platform.Concat(SourceTouches.Usage).Select(touch => touch.Name),
    ];

    [Fact]
    public void Tables_ThatAreDeclaredToBeRead_AreDeclaredToTouch() =>
        Assert.Empty(
            SourceTables
                .Platform.Concat(SourceTables.Usage)
                .Concat(SourceTables.Optional.Select(optional => optional.Table))
                .Concat(SourceTables.Stripe)
                .Concat(SourceTables.StripeDetails)
                .Select(table => table.Name)
                .Except(Declared)
        );

    /// <summary>Whatever a statement of the readers names, so that none is forgotten that no list names.</summary>
    [Fact]
    public void Tables_ThatStatementsName_AreDeclaredToTouch()
    {
        var named = new[] { "Reading", "Counting", "Stripe" }
            .SelectMany(folder => Directory.GetFiles(Path.Combine(Sources(), folder), "*.cs"))
            .SelectMany(file => TableName().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))
            .Where(
                GeneratedSchema.Platform.Concat(GeneratedSchema.Usage).Select(table => table.Key).ToHashSet().Contains
            )
            .ToHashSet();
        Assert.Contains("djstripe_djstripesubscriptiondefaulttaxrate", named);
        Assert.Empty(named.Except(Declared).Except(OfIdentities));
    }

    [Fact]
    public void Columns_OfADeclaration_AreThoseOfTheTable()
    {
        var tables = GeneratedSchema.Platform.Concat(GeneratedSchema.Usage).ToDictionary();
        foreach (var touch in SourceTouches.Platform.Concat(SourceTouches.Usage))
        {
            Assert.All(touch.Columns, column => Has(touch.Name, column.Column));
            var table = touch.Name;
            foreach (var step in touch.Way)
            {
                Has(step.IsBack ? step.Table : table, step.Column);
                table = step.Table;
            }

            if (touch.Target is { } target)
                Has(table, target);
            Assert.True(touch.Columns.Count > 0 || touch.Target is not null || touch.TouchesEverybody, touch.Name);
        }

        void Has(string table, string column) => Assert.Contains(column, tables[table].Columns.Select(c => c.Name));
    }

    [Fact]
    public void Columns_ThatAreRead_AreKnownByTable()
    {
        Assert.Contains("counter", SourceTouches.ReadColumns("logger_dailyxformsubmissioncounter"));
        Assert.Contains("last_project_activity", SourceTouches.ReadColumns("hub_extrauserdetail"));
        Assert.Contains("stripe_data", SourceTouches.ReadColumns("djstripe_subscription"));
        Assert.DoesNotContain("password", SourceTouches.ReadColumns("auth_user"));
    }

    private static string Sources([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "src", "UserReports.Sources");

    [GeneratedRegex(@"\b([a-z]+_[a-z_]+)\b")]
    private static partial Regex TableName();
}
