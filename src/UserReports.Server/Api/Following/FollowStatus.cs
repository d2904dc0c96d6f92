using System.Globalization;
using UserReports.Feed;
using UserReports.Refresh.Following;
using UserReports.Sources.Load;

namespace UserReports.Server.Api.Following;

/// <summary>How the sources are followed and what that costs them, for whoever shows it.</summary>
/// <param name="follow">Asked each time.</param>
public sealed class FollowStatus(Func<FollowState> follow, SourceLoad load)
{
    /// <summary>How following stands now.</summary>
    public FollowState Follow => follow();

    /// <summary>What reading costs the sources.</summary>
    public SourceLoad Load => load;

    /// <summary>The value of the header <c>X-Follow</c>: <c>feed; lag=2</c>; without a lag while it is not
    /// known.</summary>
    internal string Header
    {
        get
        {
            var state = Follow;
            var mode = NameOf(state.Mode);
            return state is { Mode: not FollowMode.Off, Lag: { } lag }
                ? string.Create(CultureInfo.InvariantCulture, $"{mode}; lag={Math.Ceiling(lag.TotalSeconds):0}")
                : mode;
        }
    }

    /// <summary>A way to follow, as it is written everywhere.</summary>
    internal static string NameOf(FollowMode mode) =>
        mode switch
        {
            FollowMode.Feed => "feed",
            FollowMode.Poll => "poll",
            _ => "off",
        };
}
