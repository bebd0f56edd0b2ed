using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Tipi.Protocols.Http;
using Tipi.Protocols.Http1;

namespace Tipi.Protocols.Tests.Http;

/// <summary>An application must see the same paths as under Kestrel: random ones are sent to both.</summary>
public sealed class PathDecodingLikeKestrelTests
{
    private const int Paths = 1500;

    private static readonly string[] s_parts =
    [
        "/", "//", "/./", "/../", ".", "..", "a", "b/", "+", "%", "%2", "%zz", "%25", "%2F", "%2e", "%5C", "%0A", "%7F",
        "%00", "%C3%A9", "%E2%82%AC", "%F0%9F", "%F0%9F%98%80", "%FF", "%C0%AF", "%ED%A0%80",
    ];

    [Fact]
    public async Task Random_paths_are_decoded_as_kestrel_does()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        await using WebApplication app = builder.Build();
        app.Run(context => context.Response.WriteAsync(context.Request.Path.Value ?? ""));
        await app.StartAsync();
        var address = new Uri(app.Urls.Single());
        int seed = Environment.TickCount;
        var random = new Random(seed);
        foreach (string[] batch in Enumerable.Range(0, Paths).Select(_ => RandomPath(random)).Chunk(50))
        {
            foreach ((string path, string? kestrel) in await AskAsync(address, batch))
            {
                PathDecoding.TryDecode(Encoding.ASCII.GetBytes(path), out string? ours);
                Assert.True(kestrel == ours, $"seed {seed}: {path} is {kestrel} in Kestrel and {ours} here");
            }
        }

        await app.StopAsync();
    }

    private static string RandomPath(Random random) =>
        "/" + string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => s_parts[random.Next(s_parts.Length)]));

    /// <summary>Null for a path that is refused with 400; the connection then ends.</summary>
    private static async Task<List<(string Path, string? Decoded)>> AskAsync(Uri address, string[] paths)
    {
        var answers = new List<(string, string?)>();
        foreach (string[] group in SplitAfterRefused(paths))
        {
            using var client = new TcpClient();
            await client.ConnectAsync(address.Host, address.Port);
            NetworkStream stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                string.Concat(group.Select(path => $"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"))));
            var reader = new Http1Reader(stream);
            foreach (string path in group)
            {
                Http1Response answer = (await reader.ReadResponseHeadAsync())!;
                string body = Encoding.UTF8.GetString(await reader.ReadBodyAsync());
                answers.Add((path, answer.StatusCode == 400 ? null : body));
            }
        }

        return answers;
    }

    private static IEnumerable<string[]> SplitAfterRefused(string[] paths)
    {
        var group = new List<string>();
        foreach (string path in paths)
        {
            group.Add(path);
            if (!path.Contains("%00", StringComparison.Ordinal)) continue;
            yield return [.. group];
            group.Clear();
        }

        if (group.Count != 0) yield return [.. group];
    }
}
