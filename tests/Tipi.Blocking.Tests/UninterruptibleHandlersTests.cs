using System.Globalization;
using System.Net;

namespace Tipi.Blocking.Tests;

/// <summary>
/// One processor, one ring, and handlers that sleep where nothing reaches them (a disk, a child that does not begin):
/// the others are answered meanwhile, each with its own answer, and the endpoint is learned the first time.
/// </summary>
public class UninterruptibleHandlersTests
{
    private const int Others = 16;
    private const int Rounds = 5;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("http", "1.1")]
    [InlineData("http", "2.0")]
    [InlineData("https", "1.1")]
    [InlineData("https", "2.0")]
    public async Task TheOthersAreAnswered_AndTheEndpointIsLearnedAtOnce(string scheme, string version)
    {
        BlockingHandlersTests.Require();
        using var app = await BlockingApp.StartOnAllWiresAsync();
        var address = scheme == "https" ? app.SecureAddress : version == "1.1" ? app.Address : app.ClearHttp2Address;
        HttpClient[] others = [.. Enumerable.Range(0, Others).Select(_ => NewClient(address, version))];
        using var sleeper = NewClient(address, version);
        await GetAsync(sleeper, "/prepare");
        for (var i = 0; i < 30; i++) Assert.Equal("warm", await GetAsync(sleeper, "/fork/warm?quick=true"));
        await AskAllAsync(others, 0);
        var before = await app.HandOffsAsync();

        var sleeping = GetAsync(sleeper, "/fork/first");
        await AskAllAsync(others, 1);
        await SleepsAsync(others[0], "first");
        await AskAllAsync(others, 2);
        using (var later = NewClient(address, version)) Assert.Equal("later", await GetAsync(later, "/echo/later"));
        Assert.False(sleeping.IsCompleted);
        await GetAsync(others[1], "/wake/first");
        Assert.Equal("first", await sleeping.WaitAsync(s_limit));
        Assert.True(await app.HandOffsAsync() > before, "no hand-off was counted");
        Assert.Contains("/fork/{name}", app.Text, StringComparison.Ordinal); // by the log

        // From the second time on it runs where it holds up nobody.
        sleeping = GetAsync(sleeper, "/fork/second");
        await SleepsAsync(others[0], "second");
        await AskAllAsync(others, 3);
        await GetAsync(others[1], "/wake/second");
        Assert.Equal("second", await sleeping.WaitAsync(s_limit));
        foreach (var other in others) other.Dispose();
    }

    [Fact]
    public async Task CommitsOfADatabaseAreAllThere_AndTheOthersAreAnswered()
    {
        const int Writers = 4;
        const int Commits = 40;
        BlockingHandlersTests.Require();
        using var app = await BlockingApp.StartAsync();
        HttpClient[] others = [.. Enumerable.Range(0, Others).Select(_ => NewClient(app.Address, "1.1"))];
        await AskAllAsync(others, 0);
        var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            using var client = NewClient(app.Address, "1.1");
            for (var i = 1; i <= Commits; i++)
            {
                var number = (writer * Commits + i).ToString(CultureInfo.InvariantCulture);
                using var response = await client.PostAsync(new Uri($"/commit/{number}", UriKind.Relative), null);
                Assert.Equal(number, await response.Content.ReadAsStringAsync());
            }
        }));
        for (var part = 1; !writing.IsCompleted; part++) await AskAllAsync(others, part);
        await writing;
        const int All = Writers * Commits;
        Assert.Equal($"{All} {All * (All + 1) / 2}", await GetAsync(others[0], "/committed"));
        foreach (var other in others) other.Dispose();
    }

    private static async Task SleepsAsync(HttpClient other, string name)
    {
        while (await GetAsync(other, $"/asleep/{name}") == "no") await Task.Delay(5);
        await Task.Delay(20); // from the note to the sleep
    }

    private static Task AskAllAsync(HttpClient[] clients, int part) => Task.WhenAll(clients.Select(async (client, i) =>
    {
        for (var round = 0; round < Rounds; round++)
        {
            var text = $"{part}-{i}-{round}-{new string('x', 20 + i * 50)}";
            Assert.Equal(text, await GetAsync(client, $"/echo/{text}"));
        }
    }));

    private static Task<string> GetAsync(HttpClient client, string path) =>
        client.GetStringAsync(new Uri(path, UriKind.Relative));

    // Each has a connection of its own.
    private static HttpClient NewClient(Uri address, string version)
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback =
            static (_, certificate, _, _) => certificate is not null;
        return new HttpClient(handler)
        {
            BaseAddress = address,
            DefaultRequestVersion = Version.Parse(version),
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = s_limit,
        };
    }
}
