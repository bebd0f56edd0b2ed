using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Tipi.Stack.Tests.Identity;

/// <summary>Authentication by cookies, also by large ones in several pieces; sessions; antiforgery.</summary>
public sealed class CookieTests
{
    [Theory, OnEachServer]
    public async Task A_visitor_is_sent_to_sign_in_and_comes_back_with_a_cookie(StackServer server)
    {
        await using StackHost host = await StartAsync(server);
        using HttpClient browser = host.Browser();

        using HttpResponseMessage sent = await browser.GetAsync(new Uri("secret", UriKind.Relative));
        using HttpResponseMessage signed = await browser.PostAsync(new Uri("sign-in?claims=1", UriKind.Relative), null);
        string secret = await browser.GetStringAsync(new Uri("secret", UriKind.Relative));
        using HttpResponseMessage gone = await browser.PostAsync(new Uri("sign-out", UriKind.Relative), null);
        using HttpResponseMessage again = await browser.GetAsync(new Uri("secret", UriKind.Relative));

        Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
        Assert.Equal("/sign-in?ReturnUrl=%2Fsecret", sent.Headers.Location!.PathAndQuery);
        Assert.Equal("ann knows 1", secret);
        Assert.Equal(HttpStatusCode.Redirect, again.StatusCode);
    }

    [Theory, OnEachServer]
    public async Task A_ticket_larger_than_a_cookie_travels_in_pieces(StackServer server)
    {
        await using StackHost host = await StartAsync(server);
        var cookies = new CookieContainer { MaxCookieSize = 8192 };
        using HttpClient browser = host.Browser(cookies);

        using HttpResponseMessage signed = await browser.PostAsync(
            new Uri("sign-in?claims=200", UriKind.Relative), null);

        Assert.True(signed.Headers.GetValues("Set-Cookie").Count() > 3);
        Assert.True(cookies.GetCookieHeader(host.Address).Length > 10_000);
        Assert.Equal("ann knows 200", await browser.GetStringAsync(new Uri("secret", UriKind.Relative)));
    }

    [Theory, OnEachServer]
    public async Task A_session_counts_the_visits_of_its_browser(StackServer server)
    {
        await using StackHost host = await StartAsync(server);
        using HttpClient one = host.Browser();
        using HttpClient other = host.Browser();
        var visit = new Uri("visit", UriKind.Relative);

        Assert.Equal("1", await one.GetStringAsync(visit));
        Assert.Equal("2", await one.GetStringAsync(visit));
        Assert.Equal("1", await other.GetStringAsync(visit));
    }

    [Theory, OnEachServer]
    public async Task A_form_without_its_token_is_refused(StackServer server)
    {
        await using StackHost host = await StartAsync(server);
        using HttpClient browser = host.Browser();
        string token = await browser.GetStringAsync(new Uri("token", UriKind.Relative));
        using var bare = new FormUrlEncodedContent([new("name", "ann")]);
        using var whole = new FormUrlEncodedContent([new("name", "ann"), new("__RequestVerificationToken", token)]);

        using HttpResponseMessage refused = await browser.PostAsync(new Uri("form", UriKind.Relative), bare);
        using HttpResponseMessage accepted = await browser.PostAsync(new Uri("form", UriKind.Relative), whole);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal("ann", await accepted.Content.ReadAsStringAsync());
    }

    private static Task<StackHost> StartAsync(StackServer server) => StackHost.StartAsync(
        server,
        app =>
        {
            app.UseAuthentication();
            app.UseAuthorization();
            app.UseSession();
            app.UseAntiforgery();
            app.MapGet("/secret", (ClaimsPrincipal user) =>
                $"{user.Identity!.Name} knows {user.Claims.Count(claim => claim.Type == "fact")}")
                .RequireAuthorization();
            app.MapPost("/sign-in", (int claims) => TypedResults.SignIn(Ann(claims)));
            app.MapPost("/sign-out", () => TypedResults.SignOut());
            app.MapGet("/visit", (HttpContext context) =>
            {
                int visits = (context.Session.GetInt32("visits") ?? 0) + 1;
                context.Session.SetInt32("visits", visits);
                return $"{visits}";
            });
            app.MapGet("/token", (HttpContext context, IAntiforgery antiforgery) =>
                antiforgery.GetAndStoreTokens(context).RequestToken);
            app.MapPost("/form", ([Microsoft.AspNetCore.Mvc.FromForm] string name) => name);
        },
        builder =>
        {
            builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
                .AddCookie(options => options.LoginPath = "/sign-in");
            builder.Services.AddAuthorization();
            builder.Services.AddDistributedMemoryCache().AddSession().AddAntiforgery();
        });

    private static ClaimsPrincipal Ann(int claims) => new(new ClaimsIdentity(
        [
            new(ClaimTypes.Name, "ann"),
            .. Enumerable.Range(0, claims).Select(i => new Claim("fact", $"A fact that is {i} and quite long")),
        ],
        "cookie"));
}
