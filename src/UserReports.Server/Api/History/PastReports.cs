using System.Globalization;
using UserReports.Server.Concealment;
using UserReports.Server.Http;
using UserReports.Store;
using UserReports.Store.History;

namespace UserReports.Server.Api.History;

/// <summary>Questions of a day that is past, by <c>at</c>.</summary>
internal sealed class PastReports(IReportStore store, NameConcealment concealment)
{
    /// <summary>When the snapshot that answers was taken.</summary>
    public const string Header = "X-Snapshot-At";

    private const string DayFormat = "yyyy-MM-dd";

    /// <summary>Reads <c>at</c>: a day, which is meant until its end, or an instant, which is meant itself.</summary>
    /// <returns>What the snapshot was taken before; null without the parameter, or with a fault.</returns>
    public static DateTimeOffset? Read(IQueryCollection parameters, List<RequestFault> faults)
    {
        var name = QueryParameter.At.Name;
        if (!parameters.TryGetValue(name, out var values))
            return null;
        var text = values.ToString();
        if (Parse(text) is not { } before)
        {
            faults.Add(
                new(
                    name,
                    Problems.BadParameter.Code,
                    "The parameter at must be a day or an instant, as in 2026-11-02 or 2026-11-02T08:00:00Z.",
                    text,
                    0,
                    []
                )
            );
            return null;
        }

        if (parameters.ContainsKey(QueryParameter.MaxStaleness.Name))
        {
            faults.Add(
                new(
                    QueryParameter.MaxStaleness.Name,
                    Problems.BadParameter.Code,
                    "The parameters at and max_staleness exclude each other: what was then is not computed anew.",
                    parameters[QueryParameter.MaxStaleness.Name].ToString(),
                    0,
                    []
                )
            );
        }

        return before;
    }

    /// <summary>A day as <see cref="Spell(DateOnly)"/> writes it; null if it is none.</summary>
    public static DateOnly? ParseDay(string text) =>
        DateOnly.TryParseExact(text, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : null;

    /// <summary>What <c>at</c> means; null if it is neither a day nor an instant.</summary>
    public static DateTimeOffset? Parse(string text)
    {
        if (ParseDay(text) is { } day)
            return day == DateOnly.MaxValue ? null : new(day.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
        return
            text.Length > DayFormat.Length
            && DateTimeOffset.TryParse(
                text,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out var instant
            )
            && instant < DateTimeOffset.MaxValue
            ? instant.AddTicks(1)
            : null;
    }

    /// <summary>The instant of a snapshot as <c>at</c> takes it, to be answered from the same again.</summary>
    public static string Spell(DateTimeOffset takenAt) =>
        takenAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    /// <summary>A day, as everybody writes it.</summary>
    public static string Spell(DateOnly day) => day.ToString(DayFormat, CultureInfo.InvariantCulture);

    /// <summary>The same view, of the snapshot before an instant; as it is without one.</summary>
    /// <exception cref="NoHistoryException">There is none.</exception>
    public async Task<ReportView> OfAsync(HttpContext context, ReportView view, DateTimeOffset? before)
    {
        if (before is not { } instant)
            return view;
        var then = concealment.Over(view, await store.History.AtAsync(instant, context.RequestAborted));
        context.Response.Headers[Header] = Spell(then.Reader.Snapshot!.CompletedAt);
        return then;
    }
}
