using System.Net;
using System.Text.RegularExpressions;

namespace Tipi.Stack.Tests.Razor;

/// <summary>MVC with views, and Razor Pages: layouts, tag helpers, partial views, forms, pages in pieces.</summary>
public sealed partial class RazorTests
{
    private static readonly Uri s_book = new("Book", UriKind.Relative);

    [Theory, OnEachServer]
    public async Task A_view_has_layout_partials_links_and_a_section(StackServer server)
    {
        await using StackHost host = await StartAsync(server);

        using HttpResponseMessage answer = await host.Client.GetAsync(new Uri("tents/3", UriKind.Relative));
        string page = await answer.Content.ReadAsStringAsync();

        Assert.Equal("text/html; charset=utf-8", $"{answer.Content.Headers.ContentType}");
        Assert.Contains("<title>3 of them - tents</title>", page, StringComparison.Ordinal);
        Assert.Contains("<a href=\"/tents/3\">Tents</a> <a href=\"/Book\">Book</a>", page, StringComparison.Ordinal);
        Assert.Contains("<li>tent large &amp; &lt;wide&gt;</li>", page, StringComparison.Ordinal);
        Assert.Contains("<li>tent café ⛺</li>", WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        Assert.DoesNotContain("tent old", page, StringComparison.Ordinal);
        Assert.Contains("<footer>the foot</footer>", page, StringComparison.Ordinal);
        Assert.EndsWith("</html>", page.TrimEnd(), StringComparison.Ordinal);
    }

    [Theory, OnEachServer]
    public async Task A_large_view_arrives_piece_by_piece(StackServer server)
    {
        await using StackHost host = await StartAsync(server);
        var gate = host.Services.GetRequiredService<Gate>();
        gate.Open(1);
        using HttpResponseMessage answer = await host.Client.GetAsync(
            new Uri("large", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());

        // The next piece is rendered only when the one before it is here.
        for (var i = 0; i < TentsController.Pieces; i++)
        {
            Assert.Equal($"<p>{i} {new string('x', TentsController.PieceLength)}</p>", await NextAsync(reader));
            gate.Open(1);
        }

        Assert.Equal("<p>end</p>", await NextAsync(reader));
        Assert.Null(await NextAsync(reader));
    }

    [Theory, OnEachServer]
    public async Task A_form_that_is_wrong_comes_back_with_messages_and_what_was_typed(StackServer server)
    {
        await using StackHost host = await StartAsync(server);
        using HttpClient browser = host.Browser();
        string token = TokenOf(await browser.GetStringAsync(s_book));

        using HttpResponseMessage answer = await PostAsync(browser, token, "", "99");
        string page = await answer.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains(">A booking needs a name.</span>", page, StringComparison.Ordinal);
        Assert.Contains(">Between 1 and 14 nights.</span>", page, StringComparison.Ordinal);
        Assert.Contains("value=\"99\"", page, StringComparison.Ordinal);
        Assert.Contains("<label for=\"Booking_Name\">Who comes</label>", page, StringComparison.Ordinal);
    }

    [Theory, OnEachServer]
    public async Task A_form_that_is_right_is_redirected_and_told_once(StackServer server)
    {
        await using StackHost host = await StartAsync(server);
        using HttpClient browser = host.Browser();
        string token = TokenOf(await browser.GetStringAsync(s_book));

        using HttpResponseMessage answer = await PostAsync(browser, token, "Jürgen ⛺", "3");
        string told = WebUtility.HtmlDecode(await browser.GetStringAsync(answer.Headers.Location));
        string again = await browser.GetStringAsync(s_book);

        Assert.Equal((HttpStatusCode.Redirect, "/Book"), (answer.StatusCode, $"{answer.Headers.Location}"));
        Assert.Contains("<p id=\"told\">Jürgen ⛺ stays 3</p>", told, StringComparison.Ordinal);
        Assert.Contains("<p id=\"told\"></p>", again, StringComparison.Ordinal);
    }

    [Theory, OnEachServer]
    public async Task A_form_without_its_token_is_refused(StackServer server)
    {
        await using StackHost host = await StartAsync(server);
        using HttpClient browser = host.Browser();
        string token = TokenOf(await browser.GetStringAsync(s_book));

        using HttpResponseMessage bare = await PostAsync(browser, "", "ann", "3");
        using HttpResponseMessage foreign = await PostAsync(host.Client, token, "ann", "3");

        Assert.Equal(HttpStatusCode.BadRequest, bare.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, foreign.StatusCode);
    }

    private static async Task<string?> NextAsync(StreamReader reader)
    {
        using var limit = new CancellationTokenSource(Eventually.Patience);
        string? line;
        while ((line = await reader.ReadLineAsync(limit.Token))?.Length == 0)
        {
            // Razor leaves empty lines where its code was.
        }
        return line?.Trim();
    }

    private static async Task<HttpResponseMessage> PostAsync(
        HttpClient browser, string token, string name, string nights)
    {
        using var form = new FormUrlEncodedContent(
        [
            new("Booking.Name", name), new("Booking.Nights", nights), new("__RequestVerificationToken", token),
        ]);
        return await browser.PostAsync(s_book, form);
    }

    private static string TokenOf(string page) => Token().Match(page).Groups[1].Value;

    private static Task<StackHost> StartAsync(StackServer server) => StackHost.StartAsync(
        server,
        app =>
        {
            app.MapControllers();
            app.MapRazorPages();
        },
        builder =>
        {
            builder.Services.AddControllersWithViews();
            builder.Services.AddRazorPages();
            builder.Services.AddSingleton<Gate>();
        });

    [GeneratedRegex("name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
