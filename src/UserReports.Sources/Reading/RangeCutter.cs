using UserReports.Core.Reports;
using UserReports.Sources.Connections;
using UserReports.Sources.Load;

namespace UserReports.Sources.Reading;

/// <summary>Cuts account ids into stretches of about as many accounts each.</summary>
internal static class RangeCutter
{
    /// <summary>The stretches of a range, in order and without gaps; at least one.</summary>
    public static async Task<IReadOnlyList<CutRange>> CutAsync(
        SourceDatabase platform,
        AccountRange range,
        long anonymousUserId,
        int accountsPerPart,
        CancellationToken cancellationToken
    )
    {
        var selection = AccountSelection.Of(range);
        List<(long LastId, long Accounts)> cuts = [];
        await platform.ReadForRunAsync(
            SourceWork.Run,
            async session =>
            {
                // Part by part: to number all accounts takes three times as long as to count those of a part.
                long read;
                do
                {
                    read = 0;
                    await session.ReadAsync(
                        $"""
                        select max(id), count(*) from (
                            select id from auth_user where id > $1 and id <> $2 and {selection.Where("id", 4)}
                            order by id limit $3) part
                        having count(*) > 0
                        """,
                        row =>
                        {
                            read = row.Integer(1);
                            cuts.Add((row.Integer(0), read));
                        },
                        cancellationToken,
                        [
                            cuts.Count == 0 ? int.MinValue : (int)cuts[^1].LastId,
                            anonymousUserId,
                            (long)accountsPerPart,
                            .. selection.Parameters(session),
                        ]
                    );
                } while (read == accountsPerPart);

                return true;
            },
            cancellationToken
        );

        List<CutRange> parts = [];
        var first = range.FirstId;
        for (var i = 0; i < cuts.Count; i++)
        {
            var last = i == cuts.Count - 1 ? range.LastId : cuts[i].LastId;
            parts.Add(new(new(first, last), cuts[i].Accounts));
            first = last + 1;
        }

        return parts.Count > 0 ? parts : [new(range, 0)];
    }
}
