using System.Net;
using System.Text.RegularExpressions;

namespace UserReports.Server.Tests.Access;

/// <summary>Somebody with a browser: keeps cookies, fills in the sign-in page.</summary>
internal sealed partial class Browser : IDisposable
{
    private readonly HttpClient client;

    /// <param name="cookies">Those of another browser, to be this one's, too; null for none yet.</param>
    public Browser(RunningServer server, CookieContainer? cookies = null)
    {
        Cookies = cookies ?? new();
        client = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = Cookies })
        {
            BaseAddress = server.Address,
        };
    }

    public CookieContainer Cookies { get; }

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => client.SendAsync(request);

    public Task<string> ReadAsync(string path) => client.GetStringAsync(path);

    public Task<HttpResponseMessage> GetAsync(string path) => client.GetAsync(path);

    /// <summary>Asks for a page, as somebody does who types its address.</summary>
    public Task<HttpResponseMessage> OpenAsync(string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Accept", "text/html");
        return client.SendAsync(request);
    }

    public Task<HttpResponseMessage> PostAsync(string path, HttpContent? body = null) => client.PostAsync(path, body);

    public async Task SignInAsync(Person person)
    {
        using var answer = await SubmitAsync([new("username", person.Name), new("password", person.Password)]);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    public async Task SignInWithTokenAsync(string token)
    {
        using var answer = await SubmitAsync([new("token", token)]);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    /// <summary>Opens the page, and sends the form with what stands in it.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(
        KeyValuePair<string, string>[] values,
        string path = "/sign-in"
    ) => await SubmitAsync(await client.GetStringAsync(path), values, path);

    public Task<HttpResponseMessage> SubmitAsync(
        string page,
        KeyValuePair<string, string>[] values,
        string path = "/sign-in"
    ) =>
        client.PostAsync(
            path,
            new FormUrlEncodedContent(
                values.Concat(
                    Hidden()
                        .Matches(page)
                        .Select(m => KeyValuePair.Create(m.Groups[1].Value, m.Groups[2].Value))
                        .DistinctBy(pair => pair.Key)
                        .Where(pair => values.All(value => value.Key != pair.Key))
                )
            )
        );

    /// <summary>The antiforgery token of a page.</summary>
    public static string AntiforgeryOf(string page) =>
        Hidden().Matches(page).First(m => m.Groups[1].Value == "__RequestVerificationToken").Groups[2].Value;

    public void Dispose() => client.Dispose();

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\">")]
    private static partial Regex Hidden();
}
