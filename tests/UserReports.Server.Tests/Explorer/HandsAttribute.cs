using System.Reflection;
using UserReports.Testing;
using Xunit.Sdk;
using Xunit.v3;

namespace UserReports.Server.Tests.Explorer;

/// <summary>
/// A test by mouse and by keyboard. A usual run tries one of them, by its seed: what is shown is the same, and a
/// browser is the dearest part of the run. The other is left to <c>./test --long</c>.
/// </summary>
/// <param name="before">The arguments before the hand.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class HandsAttribute(params object[] before) : DataAttribute
{
    public override bool SupportsDiscoveryEnumeration() => true;

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(
        MethodInfo testMethod,
        DisposalTracker disposalTracker
    )
    {
        var mixed = string.Concat(before.Prepend(testMethod.Name))
            .Aggregate(Chance.Seed, (sum, letter) => unchecked((sum * 31) + letter));
        var usual = ((mixed >> 16) & 1) == 0 ? Hand.Mouse : Hand.Keyboard;
        return new([Row(usual), Row(usual == Hand.Mouse ? Hand.Keyboard : Hand.Mouse).WithTrait("Category", "Long")]);
    }

    private TheoryDataRow Row(Hand hand) => new([.. before, hand]);
}
