using UserReports.Workspace.Views;

namespace UserReports.Workspace.Tests;

public abstract class SavedViewsContract<TMaker> : WorkspaceContract<TMaker>
    where TMaker : IWorkspaceMaker
{
    [Fact]
    public async Task Views_SavedAndReplaced_AreThoseOfTheirOwnerAndThoseShared()
    {
        await using var workspace = await EmptyAsync();
        var views = new SavedViews(workspace.Database, workspace.Time);
        Assert.Null(await views.SaveAsync(1, "anna", "Ärger", "/?q=a", false, Stop));
        Assert.Null(await views.SaveAsync(1, "anna", "all", "/?q=b", true, Stop));
        Assert.Null(await views.SaveAsync(2, "bert", "mine", "/?q=c", false, Stop));
        var first = (await views.OfAsync(1, Stop))[0].Id;
        await views.StartWithAsync(1, first, Stop);

        workspace.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await views.SaveAsync(1, "anna", " ALL ", "/?q=d", false, Stop));
        Assert.Null(await views.SaveAsync(1, "anna", "all", "/?q=e", true, Stop));

        var own = await views.OfAsync(1, Stop);
        Assert.Equal([("all", "/?q=e"), ("Ärger", "/?q=a")], own.Select(view => (view.Name, view.Address)));
        Assert.Equal((first, workspace.Time.GetUtcNow()), (own[0].Id, own[0].SavedAt));
        Assert.Equal(first, (await views.StartOfAsync(1, Stop))!.Id);
        Assert.Equal(["mine", "all"], (await views.OfAsync(2, Stop)).Select(view => view.Name));
        Assert.Null(await views.StartOfAsync(2, Stop));

        await views.RemoveAsync(2, first, Stop);
        await views.StartWithAsync(1, null, Stop);
        Assert.Null(await views.StartOfAsync(1, Stop));
        await views.RemoveAsync(1, first, Stop);
        Assert.Equal("Ärger", Assert.Single(await views.OfAsync(1, Stop)).Name);
    }

    [Fact]
    public async Task View_OnAnotherNode_IsThere()
    {
        await using var workspace = await EmptyAsync();
        await new SavedViews(workspace.Database, workspace.Time).SaveAsync(1, "anna", "one", "/", false, Stop);
        await using var other = workspace.Open();
        Assert.Equal("one", Assert.Single(await new SavedViews(other, workspace.Time).OfAsync(1, Stop)).Name);
    }

    [Fact]
    public async Task Views_OfOneOwner_AreBounded()
    {
        await using var workspace = await EmptyAsync();
        var views = new SavedViews(workspace.Database, workspace.Time);
        for (var i = 0; i < 200; i++)
            Assert.Null(await views.SaveAsync(1, "anna", $"view {i}", "/", false, Stop));
        Assert.Equal(
            "You have 200 views; remove one first.",
            await views.SaveAsync(1, "anna", "one more", "/", false, Stop)
        );
        Assert.Null(await views.SaveAsync(1, "anna", "view 7", "/?q=new", false, Stop));
        Assert.Null(await views.SaveAsync(2, "bert", "one more", "/", false, Stop));
    }

    /// <summary>What is no text to one engine is none to either.</summary>
    [Theory]
    [InlineData("a\0b", "a\uFFFDb")]
    [InlineData("\ud83d\ude00 'quoted\" \u202e", "\ud83d\ude00 'quoted\" \u202e")]
    public async Task Name_WhateverItHolds_IsKeptAsText(string typed, string kept)
    {
        await using var workspace = await EmptyAsync();
        var views = new SavedViews(workspace.Database, workspace.Time);
        Assert.Null(await views.SaveAsync(1, "anna", typed, "/", false, Stop));
        Assert.Null(await views.SaveAsync(1, "anna", typed, "/", false, Stop));
        Assert.Equal(kept, Assert.Single(await views.OfAsync(1, Stop)).Name);
    }

    [Fact]
    public async Task Name_WithHalfACharacter_IsKeptAsText()
    {
        await using var workspace = await EmptyAsync();
        var views = new SavedViews(workspace.Database, workspace.Time);
        Assert.Null(await views.SaveAsync(1, "anna", $"half {(char)0xD83D}", "/", false, Stop));
        Assert.Equal("half \uFFFD", Assert.Single(await views.OfAsync(1, Stop)).Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("123456789012345678901234567890123456789012345678901234567890123456789012345678901")]
    public async Task Name_TooShortOrTooLong_IsRefused(string name)
    {
        await using var workspace = await EmptyAsync();
        var views = new SavedViews(workspace.Database, workspace.Time);
        Assert.Equal("A name has 1 to 80 characters.", await views.SaveAsync(1, "anna", name, "/", false, Stop));
    }
}
