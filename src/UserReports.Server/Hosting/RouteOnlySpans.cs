using System.Diagnostics;
using OpenTelemetry;

namespace UserReports.Server.Hosting;

/// <summary>
/// Takes the ids of accounts out of traces: of an address only the route's pattern is exported, and nothing where no
/// route has it.
/// </summary>
internal sealed class RouteOnlySpans : BaseProcessor<Activity>
{
    private static readonly string[] AddressTags = ["url.path", "url.full", "url.query", "http.target", "http.url"];

    /// <inheritdoc/>
    public override void OnEnd(Activity data)
    {
        if (data.Kind != ActivityKind.Server)
            return;
        var route = data.GetTagItem("http.route") as string;
        foreach (var tag in AddressTags)
        {
            if (data.GetTagItem(tag) is not null)
                data.SetTag(tag, tag == "url.path" ? route ?? "(no route)" : null);
        }
    }
}
