using System.Net;

namespace Tipi.Hosting.Tests.Configuration;

/// <summary>Times and sizes with which something would overflow once the server runs.</summary>
public sealed class RangeTests
{
    private const string Weeks = "60.00:00:00";
    private const string Longest = "10675199.02:48:05.4775807";
    private const string Largest = "9223372036854775807";

    [Theory]
    [InlineData("Uring:HandOffBudget", Weeks)]
    [InlineData("Uring:HandOffBudget", Longest)]
    [InlineData("Uring:HandOffBudget", "00:00:00.0009")]
    [InlineData("Uring:RingCount", "2147483647")]
    [InlineData("Uring:RingCount", "-1")]
    [InlineData("Uring:Backlog", "0")]
    [InlineData("DrainDelay", Weeks)]
    [InlineData("DrainDelay", "-00:00:01")]
    [InlineData("Limits:Http2:MaxFrameSize", "2147483647")]
    [InlineData("Limits:Http2:KeepAlivePingTimeout", "00:00:00.5")]
    public async Task What_can_not_work_is_refused_by_its_key(string key, string value)
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await using ConfiguredApp app = ConfiguredApp.Build(
                TipiTransport.Auto, new() { [$"Tipi:{key}"] = value });
            _ = app.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<TipiServerOptions>>().Value;
        });
        Assert.StartsWith($"Tipi:{key} is \"{value}\"; it must be ", error.Message, StringComparison.Ordinal);
        Assert.Contains("in range: ", error.Message, StringComparison.Ordinal);
    }

    [Theory, OnEachTransport]
    public async Task The_largest_that_are_taken_serve(TipiTransport transport)
    {
        Dictionary<string, string?> settings = new()
        {
            ["Tipi:Endpoints:A:Url"] = "http://127.0.0.1:0",
            ["Tipi:Uring:HandOffBudget"] = "1.00:00:00",
            ["Tipi:Limits:MinRequestBodyDataRate:GracePeriod"] = Longest,
            ["Tipi:Limits:MinResponseDataRate:GracePeriod"] = Longest,
            ["Tipi:Limits:MinResponseDataRate:BytesPerSecond"] = "1E300",
        };
        string[] times = ["KeepAliveTimeout", "RequestHeadersTimeout", "RequestDrainTimeout", "RetryAfter",
            "Http2:KeepAlivePingDelay", "Http2:KeepAlivePingTimeout"];
        string[] sizes = ["MaxRequestBodySize", "MaxRequestBufferSize", "MaxResponseBufferSize",
            "MaxConcurrentConnections", "MaxConcurrentUpgradedConnections"];
        string[] counts = ["MaxRequestLineSize", "MaxRequestHeadersTotalSize", "MaxRequestHeaderCount",
            "MaxConnectionsPerIP", "MaxConcurrentRequests",
            "Http2:InitialConnectionWindowSize", "Http2:InitialStreamWindowSize"];
        foreach (string time in times) settings[$"Tipi:Limits:{time}"] = Longest;
        foreach (string size in sizes) settings[$"Tipi:Limits:{size}"] = Largest;
        foreach (string count in counts) settings[$"Tipi:Limits:{count}"] = "2147483647";
        await using ConfiguredApp app = await ConfiguredApp.StartAsync(transport, settings);
        using var client = new HttpClient { BaseAddress = new Uri(app.Addresses[0]) };
        foreach (Version version in (Version[])[HttpVersion.Version11, HttpVersion.Version20])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/")
            {
                Version = version,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new StringContent("text"),
            };
            using HttpResponseMessage response = await client.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }
}
