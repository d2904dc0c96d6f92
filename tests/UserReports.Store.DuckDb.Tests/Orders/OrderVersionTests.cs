using System.Text;
using UserReports.Store.DuckDb.Changes;
using UserReports.Store.DuckDb.Orders;
using UserReports.Testing;

namespace UserReports.Store.DuckDb.Tests.Orders;

/// <summary>Orders with empty places and changed rows between, against lists that are sorted anew.</summary>
public sealed class OrderVersionTests
{
    private const int Rounds = 60;

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(40, false)]
    [InlineData(40, true)]
    [Trait("Category", "Random")]
    public void Walk_FromEveryOffsetAndKeyOfEveryVersion_MeetsTheRowsInOrder(int rows, bool descending)
    {
        var random = new Random(Chance.Seed + rows);
        var world = new World(random, rows, descending);
        // One is asked for every version, the other one for few.
        var (often, seldom) = (OrderVersion.Of(world.Order), OrderVersion.Of(world.Order));

        for (var round = 0; round < Rounds; round++)
        {
            world.Change(random);
            var version = world.Changes.Published.Number;
            often = often.At(version, world.Changes);
            if (round % 7 == 0)
                seldom = seldom.At(version, world.Changes);
            if (round % 20 == 19)
                world.Changes.Forget();
            Check(world, often, random);
        }

        Check(world, seldom.At(world.Changes.Published.Number, world.Changes), random);
    }

    [Fact]
    public void At_OfAVersionBeforeTheLast_HasWhatThatHad()
    {
        var random = new Random(4);
        var world = new World(random, 30, descending: false);
        world.Change(random);
        var (version, expected) = (world.Changes.Published.Number, world.Expected());
        world.Change(random);

        var walked = Walked(OrderVersion.Of(world.Order).At(version, world.Changes), (0, 0));

        Assert.Equal(expected, walked);
        Assert.NotEqual(expected, world.Expected());
        Assert.True(world.Changes.Knows(version));
        world.Changes.Forget();
        Assert.False(world.Changes.Knows(version));
    }

    private static void Check(World world, OrderVersion order, Random random)
    {
        var expected = world.Expected();
        Assert.Equal(expected.Count, order.Count);
        for (var offset = 0; offset <= expected.Count + 1; offset++)
            Assert.Equal(expected.Skip(offset), Walked(order, order.GapAt(offset)));
        for (var at = 0; at < expected.Count; at++)
        {
            var walk = new OrderWalk(order, order.GapAt(at), null);
            Assert.True(walk.Next());
            Assert.Equal(expected.Skip(at + 1), Walked(order, order.GapAt(Place(order, walk, backward: false))));
            var back = new OrderWalk(order, order.GapAt(Place(order, walk, backward: true)), null);
            List<long> before = [];
            while (back.Previous())
                before.Insert(0, back.Document);
            Assert.Equal(expected.Take(at), before);
        }

        // Only some of them, as a filter would have it.
        var chosen = new RowChoice(
            order.Number,
            new([.. Enumerable.Range(0, (world.Order.Rows.Size + 7) / 8).Select(_ => (byte)random.Next(256))], 0),
            0,
            [.. order.Changed.ToArray().Where(_ => random.Next(2) == 0)]
        );
        var some = new OrderWalk(order, (0, 0), chosen);
        List<long> met = [];
        while (some.Next())
            met.Add(some.Document);
        Assert.Equal(expected.Where(document => world.IsChosen(chosen, document)), met);
    }

    private static OrderPlace Place(OrderVersion order, OrderWalk walk, bool backward) =>
        order.Order.Read(walk.ToKey(backward))!;

    private static List<long> Walked(OrderVersion order, (int, int) gap)
    {
        List<long> documents = [];
        for (var walk = new OrderWalk(order, gap, null); walk.Next(); )
            documents.Add(walk.Document);
        return documents;
    }

    /// <summary>Rows with few different keys, nulls among them, and accounts with several organisations.</summary>
    private sealed class World
    {
        private readonly bool descending;
        private readonly Dictionary<long, (long? Key, long User, string? Organization)> all = [];
        private readonly HashSet<long> present = [];
        private readonly List<ChangedRow> changed = [];
        private long nextDocument = 1_000_000;

        public World(Random random, int rows, bool descending)
        {
            this.descending = descending;
            var organizations = new PackedTexts(rows);
            var (documents, users, numbers) = (new long[rows], new long[rows], new long[rows]);
            var nulls = new ulong[(rows + 63) / 64];
            for (var i = 0; i < rows; i++)
            {
                var row = (Key(random), User: 100L + ((i * 7) % rows / 2), Organization: i % 5 == 0 ? null : $"o{i}");
                (documents[i], users[i]) = (i * 3, row.User);
                numbers[i] = row.Item1 ?? 0;
                if (row.Item1 is null)
                    nulls[i >> 6] |= 1UL << (i & 63);
                if (row.Organization is not null)
                    organizations.Add(i, Encoding.UTF8.GetBytes(row.Organization));
                all[i * 3] = row;
                present.Add(i * 3);
            }

            organizations.Finish();
            var column = new KeyColumn(KeyKind.Integer, numbers, nulls) { Slot = 0 };
            Order = OrderSort.Sort(new(documents, users, organizations), [new(column, descending)], default);
            Changes = new(new(0, rows, 0, 0), [], []);
        }

        public RowOrder Order { get; }

        public RowChanges Changes { get; }

        public void Change(Random random)
        {
            List<int> replaced =
            [
                .. Enumerable
                    .Range(0, Order.Rows.Size)
                    .Where(ordinal => present.Contains(ordinal * 3) && random.Next(25) == 0),
            ];
            List<ChangedRow> removed = [.. changed.Where(_ => random.Next(6) == 0)];
            List<ChangedRow> added = [];
            var sequence = Changes.TakeSequences(4);
            for (var i = random.Next(5); i > 0; i--)
            {
                var row = (Key: Key(random), User: (long)random.Next(90, 130), Organization: $"c{nextDocument}");
                all[nextDocument] = row;
                present.Add(nextDocument);
                var made = new ChangedRow(
                    sequence++,
                    row.User,
                    Encoding.UTF8.GetBytes(row.Organization),
                    nextDocument++,
                    Changes.Published.Number + 1
                );
                made.SetKey(0, row.Key is { } key ? KeyValue.Of(key) : KeyValue.Null);
                added.Add(made);
            }

            Changes.Publish(Changes.Prepare(replaced, removed, added));
            present.ExceptWith(replaced.Select(ordinal => ordinal * 3L));
            present.ExceptWith(removed.Select(row => row.Document));
            changed.RemoveAll(removed.Contains);
            changed.AddRange(added);
            Assert.Equal((present.Count, changed.Count), (Changes.Published.Rows, Changes.Published.Changed));
        }

        public List<long> Expected() =>
            [
                .. present
                    .OrderBy(document => all[document].Key is null)
                    .ThenBy(document => descending ? -all[document].Key : all[document].Key)
                    .ThenBy(document => all[document].User)
                    .ThenBy(document => all[document].Organization is null)
                    .ThenBy(document => all[document].Organization, StringComparer.Ordinal),
            ];

        public bool IsChosen(RowChoice choice, long document) =>
            Order.Rows.OrdinalOf(document) is >= 0 and var ordinal
                ? choice.Has(ordinal)
                : choice.Has(changed.Single(row => row.Document == document));

        private static long? Key(Random random) => random.Next(6) is > 0 and var key ? key : null;
    }
}
