using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;
using OtpNet;
using UserReports.Server.Access.Rights;
using UserReports.Server.Access.SigningIn;
using UserReports.Sources;
using UserReports.Sources.Identities;
using UserReports.Sources.Reading;

namespace UserReports.Server.Tests.Access;

public sealed class OneTimeCodeTests
{
    private const string Secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task UsedCode_OfTheStepBefore_IsNotForgottenWhileItWouldBeTaken()
    {
        await using var server = await RunningServer.StartAsync([]);
        var codes = server.Services.GetRequiredService<OneTimeCodes>();
        var code = CodeAt(server.Time);
        Assert.True(await codes.CheckAsync(People.WithSecondFactor.Id, code, Stop));

        server.Time.Advance(TimeSpan.FromSeconds(30));

        Assert.False(await codes.CheckAsync(People.WithSecondFactor.Id, code, Stop));
    }

    /// <summary>The platform is slow with one account's code; another's must not wait for it.</summary>
    [Fact]
    public async Task Code_WhileThePlatformIsSlowForAnotherAccount_IsTaken()
    {
        var platform = new SlowFor(People.WithSecondFactor.Id);
        await using var server = await RunningServer.StartAsync(
            [],
            services =>
                services.Replace(
                    ServiceDescriptor.Singleton<IIdentitySource>(provider =>
                    {
                        platform.Real = new IdentitySource(provider.GetRequiredService<ReportSource>().Platform);
                        return platform;
                    })
                )
        );
        server.ChangePlatform(
            $$"""
            insert into accounts_mfa_mfamethodswrapper (user_id, name, is_active) values (101, 'app', true);
            insert into mfa_authenticator (user_id, type, data) values (101, 'totp', '{"secret":"{{Secret}}"}');
            """
        );
        var signIn = server.Services.GetRequiredService<SignIn>();
        var slow = signIn.ByCodeAsync(await PendingAsync(signIn, People.WithSecondFactor), "000000", null, Stop);
        await platform.Asked.Task.WaitAsync(Stop);

        var step = await signIn.ByCodeAsync(
            await PendingAsync(signIn, People.Superuser),
            CodeAt(server.Time),
            null,
            Stop
        );

        Assert.IsType<SignInStep.SignedIn>(step);
        Assert.False(slow.IsCompleted);
        platform.Answers.SetResult();
        Assert.IsType<SignInStep.CodeWanted>(await slow);
    }

    [Fact]
    public async Task Turns_OfAnAccount_FollowEachOtherAndLeaveNothing()
    {
        var turns = new AccountTurns();
        var first = await turns.TakeAsync(1, Stop);
        var second = turns.TakeAsync(1, Stop);
        using var impatient = new CancellationTokenSource();
        var third = turns.TakeAsync(1, impatient.Token);
        (await turns.TakeAsync(2, Stop)).Dispose();
        Assert.False(second.IsCompleted);

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => third);
        first.Dispose();
        (await second).Dispose();

        Assert.Equal(0, turns.Count);
    }

    private static string CodeAt(FakeTimeProvider time) =>
        new Totp(Base32Encoding.ToBytes(Secret)).ComputeTotp(time.GetUtcNow().UtcDateTime);

    private static async Task<string> PendingAsync(SignIn signIn, Person person) =>
        Assert
            .IsType<SignInStep.CodeWanted>(await signIn.ByPasswordAsync(person.Name, person.Password, null, Stop))
            .Pending;

    /// <summary>The real platform, which is held up when it is asked for the secrets of one account.</summary>
    private sealed class SlowFor(long accountId) : IIdentitySource
    {
        public IdentitySource Real { get; set; } = null!;

        public TaskCompletionSource Asked { get; } = new();

        public TaskCompletionSource Answers { get; } = new();

        public Task<Identity?> FindByTokenAsync(string token, CancellationToken cancellationToken) =>
            Real.FindByTokenAsync(token, cancellationToken);

        public Task<Identity?> FindByUsernameAsync(string username, CancellationToken cancellationToken) =>
            Real.FindByUsernameAsync(username, cancellationToken);

        public Task<Identity?> FindByIdAsync(long id, CancellationToken cancellationToken) =>
            Real.FindByIdAsync(id, cancellationToken);

        public Task<AccessTokenOwner?> FindByAccessTokenAsync(string token, CancellationToken cancellationToken) =>
            Real.FindByAccessTokenAsync(token, cancellationToken);

        public async Task<IReadOnlyList<string>> FindTotpSecretsAsync(long id, CancellationToken cancellationToken)
        {
            if (id == accountId)
            {
                Asked.SetResult();
                await Answers.Task.WaitAsync(cancellationToken);
            }

            return await Real.FindTotpSecretsAsync(id, cancellationToken);
        }
    }
}
