using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Security.Cryptography;
using System.Text.Json;
using Tipi.Interop.Tests.Sample;

namespace Tipi.Interop.Tests.Clients;

/// <summary>The framework's own client.</summary>
public sealed class HttpClientTests(SampleFleet fleet)
{
    [Theory]
    [MemberData(nameof(SampleFleet.OnEachWire), MemberType = typeof(SampleFleet))]
    public async Task Many_requests_at_once_get_their_own_answers(SampleVariant variant, SampleWire wire)
    {
        using var client = await ClientAsync(variant, wire);

        var answers = await Task.WhenAll(Enumerable.Range(0, 400).Select(async n =>
        {
            using var content = new StringContent($"{n} {new string('x', n * 37)}");
            using var response = await client.PostAsync("/files/echo", content);
            return await response.Content.ReadAsStringAsync();
        }));

        for (var n = 0; n < answers.Length; n++) Assert.Equal($"{n} {new string('x', n * 37)}", answers[n]);
    }

    [Theory]
    [MemberData(nameof(SampleFleet.OnEachWire), MemberType = typeof(SampleFleet))]
    public async Task A_long_upload_arrives_whole(SampleVariant variant, SampleWire wire)
    {
        using var client = await ClientAsync(variant, wire);
        var bytes = RandomNumberGenerator.GetBytes(20_000_000);
        using var request = new HttpRequestMessage(HttpMethod.Put, "/files/raw/long")
        {
            Content = new StreamContent(new MemoryStream(bytes)),
        };
        request.Headers.TransferEncodingChunked = true;

        using var response = await client.SendAsync(request);
        using var stored = JsonDocument.Parse(await response.Content.ReadAsStreamAsync());

        Assert.Equal(bytes.Length, stored.RootElement.GetProperty("length").GetInt64());
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(bytes)), stored.RootElement.GetProperty("sha256").GetString());
    }

    [Theory]
    [MemberData(nameof(SampleFleet.OnEachWire), MemberType = typeof(SampleFleet))]
    public async Task A_body_over_the_limit_is_refused_and_the_next_request_is_served(
        SampleVariant variant, SampleWire wire)
    {
        using var client = await ClientAsync(variant, wire);
        using var tooLong = new ByteArrayContent(new byte[31_000_000]);
        using var request = new HttpRequestMessage(HttpMethod.Put, "/files/raw/long") { Content = tooLong };
        // The server refuses by the declared length: the client need not send a body that nobody reads.
        request.Headers.ExpectContinue = true;

        using var refused = await client.SendAsync(request);
        using var next = await client.GetAsync(new Uri("/health", UriKind.Relative));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Theory]
    [MemberData(nameof(SampleFleet.OnEachWire), MemberType = typeof(SampleFleet))]
    public async Task Leaving_in_the_middle_of_a_download_harms_nobody(SampleVariant variant, SampleWire wire)
    {
        using var client = await ClientAsync(variant, wire);
        for (var n = 0; n < 20; n++)
        {
            using var response = await client.GetAsync(
                new Uri("/files/stream/1000000000", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
            await using var body = await response.Content.ReadAsStreamAsync();
            await body.ReadExactlyAsync(new byte[10_000]);
        }

        Assert.Equal("Healthy", await client.GetStringAsync(new Uri("/health", UriKind.Relative)));
    }

    [Theory]
    [MemberData(nameof(SampleFleet.OnEachWire), MemberType = typeof(SampleFleet))]
    public async Task An_endless_stream_tells_what_others_do(SampleVariant variant, SampleWire wire)
    {
        using var client = await ClientAsync(variant, wire);
        var limit = TestContext.Current.CancellationToken;
        await using var stream = await client.GetStreamAsync(new Uri("/live/todos", UriKind.Relative), limit);
        await using var events = SseParser.Create(stream).EnumerateAsync(limit).GetAsyncEnumerator(limit);

        Assert.True(await events.MoveNextAsync());
        Assert.Contains("listening", events.Current.Data, StringComparison.Ordinal);

        var title = $"Told {Guid.NewGuid()}";
        using var added = await client.PostAsJsonAsync("/todos", new { title }, limit);
        do Assert.True(await events.MoveNextAsync());
        while (!events.Current.Data.Contains(title, StringComparison.Ordinal));

        Assert.Equal("todo", events.Current.EventType);
        Assert.Contains("added", events.Current.Data, StringComparison.Ordinal);
        using var removed = await client.DeleteAsync(added.Headers.Location, limit);
    }

    [Theory]
    [MemberData(nameof(SampleFleet.OnEachWire), MemberType = typeof(SampleFleet))]
    public async Task The_server_says_who_it_is(SampleVariant variant, SampleWire wire)
    {
        using var client = await ClientAsync(variant, wire);
        using var response = await client.GetAsync(new Uri("/health", UriKind.Relative));

        Assert.Equal(variant.ServerName(), response.Headers.Server.ToString());
    }

    private async Task<HttpClient> ClientAsync(SampleVariant variant, SampleWire wire) =>
        wire.NewClient(await fleet.AddressAsync(variant, wire));
}
