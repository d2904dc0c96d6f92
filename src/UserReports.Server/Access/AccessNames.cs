namespace UserReports.Server.Access;

/// <summary>The names of policies, schemes, claims and addresses that other parts refer to.</summary>
public static class AccessNames
{
    /// <summary>The policy of everything that holds data; also the fallback of every route that names none.</summary>
    public const string SuperuserPolicy = "superuser";

    /// <summary>The scheme that looks at a request and chooses between the other two.</summary>
    public const string AnyScheme = "Any";

    /// <summary>The scheme of the Authorization header: Token, Bearer and Basic.</summary>
    public const string HeaderScheme = "Header";

    /// <summary>The scheme of the explorer's cookie.</summary>
    public const string SessionScheme = "Session";

    /// <summary>The claim that says that the account may see the reports at this moment.</summary>
    public const string RightClaim = "right";

    /// <summary>The only value of <see cref="RightClaim"/>.</summary>
    public const string SuperuserRight = "superuser";

    /// <summary>Where to sign in.</summary>
    public const string SignInPath = "/sign-in";

    /// <summary>Where to sign out; POST with an antiforgery token.</summary>
    public const string SignOutPath = "/sign-out";
}
