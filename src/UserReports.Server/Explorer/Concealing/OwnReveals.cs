using UserReports.Server.Audit;
using UserReports.Server.Concealment;
using UserReports.Server.Explorer.Reading;

namespace UserReports.Server.Explorer.Concealing;

/// <summary>Whether the reader sees the names of an account or of a question.</summary>
/// <param name="MayReveal">Whether they may see them for a reason.</param>
/// <param name="Reveal">Under which they see them now; null for pseudonyms.</param>
public sealed record NamesState(bool MayReveal, Reveal? Reveal);

/// <summary>The reader's own reveals: to begin and to end; both are recorded before they happen.</summary>
public sealed class OwnReveals(NameConcealment concealment, Reveals reveals, ReportReading reading)
{
    /// <summary>How the reader sees a target now; null where nothing is ever concealed.</summary>
    /// <param name="target">Null for a question with a fault.</param>
    /// <exception cref="NotAllowedException">The reader may not, or not any more.</exception>
    public async Task<NamesState?> StateAsync(RevealTarget? target, CancellationToken cancellationToken)
    {
        if (!concealment.IsOn)
            return null;
        var user = await reading.UserAsync(cancellationToken);
        return new(
            target is not null && concealment.MayReveal(user),
            target is null ? null : (await concealment.OfAsync(user, target, cancellationToken)).Reveal
        );
    }

    /// <summary>Begins a reveal.</summary>
    /// <returns>What is wrong, or null.</returns>
    /// <inheritdoc cref="StateAsync"/>
    public async Task<string?> BeginAsync(
        RevealTarget target,
        string? path,
        string reason,
        CancellationToken cancellationToken
    )
    {
        var user = await reading.UserAsync(cancellationToken);
        if (!concealment.MayReveal(user))
            return "This account may not reveal names.";
        reason = reason.Trim();
        if (Reveals.FaultOf(reason) is { } fault)
            return fault;
        var reveal = reveals.Draw(target, reason);
        await reading.RecordRevealAsync(AuditEvents.Revealed, path, reveal, cancellationToken);
        await reveals.BeginAsync(Beholder.Of(user), reveal, cancellationToken);
        return null;
    }

    /// <summary>Ends one before its time.</summary>
    /// <inheritdoc cref="StateAsync"/>
    public async Task EndAsync(Reveal reveal, string? path, CancellationToken cancellationToken)
    {
        var user = await reading.UserAsync(cancellationToken);
        await reading.RecordRevealAsync(AuditEvents.RevealEnded, path, reveal, cancellationToken);
        await reveals.EndAsync(Beholder.Of(user), reveal.Id, cancellationToken);
    }
}
