using UserReports.Server.Audit;

namespace UserReports.Server.Concealment;

/// <summary>What whoever sent a request may see; kept with it for its headers and its audit record.</summary>
internal static class ConcealedRequests
{
    private static readonly object ViewKey = new();

    /// <summary>What is to be seen of the rows of a query.</summary>
    public static ValueTask<ReportView> ViewOfQueryAsync(this HttpContext context, string? q) =>
        KeepAsync(context, concealment => concealment.OfQueryAsync(context.User, q, context.RequestAborted));

    /// <summary>What is to be seen of an account.</summary>
    public static ValueTask<ReportView> ViewOfAccountAsync(this HttpContext context, string userUid) =>
        KeepAsync(context, concealment => concealment.OfAccountAsync(context.User, userUid, context.RequestAborted));

    /// <summary>Of the question that the request asked; null where nothing is ever concealed, or none was
    /// asked.</summary>
    public static ReportView? View(this HttpContext context) => context.Items[ViewKey] as ReportView;

    /// <summary>Names the reveal that the request begins, for its audit record.</summary>
    public static void Begins(this HttpContext context, Reveal reveal) =>
        context.Features.Set(new RevealUse(reveal.Id));

    private static async ValueTask<ReportView> KeepAsync(
        HttpContext context,
        Func<NameConcealment, ValueTask<ReportView>> look
    )
    {
        var concealment = context.RequestServices.GetRequiredService<NameConcealment>();
        var view = await look(concealment);
        if (concealment.IsOn)
        {
            context.Items[ViewKey] = view;
            context.Features.Set(view.Reveal is { } reveal ? new RevealUse(reveal.Id) : null);
        }

        return view;
    }
}
