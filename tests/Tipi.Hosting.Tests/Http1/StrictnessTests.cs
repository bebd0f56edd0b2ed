using System.Text;
using Tipi.Protocols.Http;
using Tipi.Tests.Cases;

namespace Tipi.Hosting.Tests.Http1;

/// <summary>The table of strictness, on Tipi in both profiles and on Kestrel, whose column is thereby proved.</summary>
public sealed class StrictnessTests
{
    /// <summary>How long an answer is waited for that Kestrel never gives.</summary>
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(3);

    [Theory, OnEachTransport]
    public async Task Each_profile_gives_its_answer_and_lenient_sees_what_Kestrel_sees(TipiTransport transport)
    {
        await using TestServer strict = await TestServer.StartAsync(transport, EchoAsync);
        await using TestServer lenient = await TestServer.StartAsync(
            transport, EchoAsync, options => options.Strictness = HttpStrictness.Lenient);
        await using KestrelPeer kestrel = await KestrelPeer.StartAsync(EchoAsync);
        IEnumerable<Task<string?>> all = StrictnessCases.All.Select(async one =>
        {
            string ofStrict = await AskAsync(one, await strict.ConnectAsync());
            string ofLenient = await AskAsync(one, await lenient.ConnectAsync());
            string ofKestrel = await AskAsync(one, await RawClient.ConnectAsync(kestrel.EndPoint));
            return Compare(one, ofStrict, ofLenient, ofKestrel);
        });
        string[] wrong = (await Task.WhenAll(all)).OfType<string>().ToArray();
        Assert.True(wrong.Length == 0, string.Join("\n", wrong));
    }

    [Theory, OnEachTransport]
    public async Task An_endpoint_may_be_lenient_of_its_own(TipiTransport transport)
    {
        const string Request = "GET / HTTP/1.1\nHost: a\n\n";
        await using TestServer server = await TestServer.StartAsync(transport, EchoAsync, options =>
            options.Listen(System.Net.IPAddress.Loopback, 0, endpoint => endpoint.Strictness = HttpStrictness.Lenient));
        Assert.Equal(400, (await server.AskAsync(Request)).Status);
        Assert.Equal(299, (await server.AskAsync(Request, endpoint: 1)).Status);
    }

    [Theory, OnEachTransport]
    public async Task Nothing_is_served_behind_a_request_with_length_and_chunked(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, EchoAsync, options => options.Strictness = HttpStrictness.Lenient);
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync(
            StrictnessCases.Find("length and chunked").Text + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
        RawResponse response = await client.ReadResponseAsync();
        Assert.Equal("close", response.Header("Connection"));
        Assert.Contains("XLength=3", response.Body, StringComparison.Ordinal);
        Assert.True(await client.IsEndedAsync());
    }

    [Theory, OnEachTransport]
    public async Task An_absolute_target_wins_over_host_where_the_option_says_so(TipiTransport transport)
    {
        const string Request = "GET http://b:81/ HTTP/1.1\r\nHost: a\r\n\r\n";
        await using TestServer server = await TestServer.StartAsync(
            transport, EchoAsync, options => options.AllowHostHeaderOverride = true);
        await using KestrelPeer kestrel = await KestrelPeer.StartAsync(
            EchoAsync, options => options.AllowHostHeaderOverride = true);
        var one = new StrictnessCase("", Request, 0, 0, 0);
        string ofTipi = await AskAsync(one, await server.ConnectAsync());
        Assert.Contains("Host=b:81", ofTipi, StringComparison.Ordinal);
        Assert.Equal(await AskAsync(one, await RawClient.ConnectAsync(kestrel.EndPoint)), ofTipi);
    }

    [Fact]
    public void Values_that_are_none_are_refused()
    {
        var options = new TipiServerOptions();
        Assert.Throws<ArgumentOutOfRangeException>(() => options.Strictness = (HttpStrictness)7);
    }

    private static string? Compare(StrictnessCase one, string ofStrict, string ofLenient, string ofKestrel)
    {
        if (StatusOf(ofKestrel) != one.Kestrel) return $"{one.Name}: wanted {one.Kestrel}, Kestrel says {ofKestrel}";
        if (StatusOf(ofStrict) != one.Strict) return $"{one.Name}: wanted {one.Strict}, strict says {ofStrict}";
        if (StatusOf(ofLenient) != one.Lenient) return $"{one.Name}: wanted {one.Lenient}, lenient says {ofLenient}";
        bool isSeenAlike = one.Lenient != 0 || ofLenient == ofKestrel;
        return isSeenAlike ? null : $"{one.Name}: Kestrel sees {ofKestrel}, lenient {ofLenient}";
    }

    private static int StatusOf(string answer)
    {
        if (answer.Length == 0) return StrictnessCase.Hangs;
        int status = int.Parse(answer.AsSpan(0, 3), System.Globalization.CultureInfo.InvariantCulture);
        return status == 299 ? 0 : status;
    }

    /// <summary>Status and body of the answer; empty when there is none.</summary>
    private static async Task<string> AskAsync(StrictnessCase one, RawClient connected)
    {
        using RawClient client = connected;
        await client.SendAsync(one.Bytes);
        Task<RawResponse> answer = client.ReadResponseAsync();
        bool mayHang = one.Kestrel == StrictnessCase.Hangs;
        if (mayHang && await Task.WhenAny(answer, Task.Delay(s_silence)) != answer)
        {
            client.Dispose();
            await ((Task)answer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return "";
        }
        RawResponse response = await answer;
        return $"{response.Status} {response.Body}";
    }

    /// <summary>Everything of a request that the profiles could see differently.</summary>
    private static async Task EchoAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        context.Response.StatusCode = 299;
        await context.Response.WriteAsync(
            $"{request.Method} {request.Path} {request.QueryString} {request.Protocol} Host={request.Host} "
            + $"Length={request.ContentLength} XLength={request.Headers["X-Content-Length"]} "
            + $"Coding={request.Headers.TransferEncoding} X={request.Headers["X"]} "
            + $"Expect={request.Headers.Expect} Body={Encoding.Latin1.GetString(body.ToArray())}");
    }
}
