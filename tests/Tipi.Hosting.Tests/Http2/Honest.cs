using System.Net;

namespace Tipi.Hosting.Tests.Http2;

/// <summary>A well-behaved client of HTTP/2 on a connection of its own, beside an attack.</summary>
internal static class Honest
{
    /// <summary>Asks until the attack is over, and a few times more: each answer is right.</summary>
    internal static async Task AssertServedAsync(TestServer server, Task attack)
    {
        using var client = new HttpClient
        {
            BaseAddress = new Uri($"http://127.0.0.1:{server.Port}"),
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        for (int after = 0; after < 3;)
        {
            Assert.Equal("ok", await client.GetStringAsync("/"));
            if (attack.IsCompleted) after++;
            else await Task.Delay(10);
        }
        await attack;
    }
}
