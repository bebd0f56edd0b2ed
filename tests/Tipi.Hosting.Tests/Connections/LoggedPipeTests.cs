using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Diagnostics;

namespace Tipi.Hosting.Tests.Connections;

public sealed class LoggedPipeTests
{
    [Theory, OnEachTransport]
    public async Task Every_byte_of_both_directions_is_logged_once(TipiTransport transport)
    {
        const string First = "GET / HTTP/1.1\r\nHost: first.example\r\n\r\n";
        const string Request = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
        await using TestServer server = await TestServer.StartAsync(
            transport,
            async context =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                await context.Response.WriteAsync($"{body.Length}");
            },
            options => options.Listen(IPAddress.Loopback, 0, endpoint => endpoint.UseConnectionLogging("Tipi.Bytes")));
        using RawClient client = await server.ConnectAsync(endpoint: 1);
        await client.SendAsync(First);
        string former = await client.ReadHeadAsync();
        former += await client.ReadExactlyAsync("1\r\n0\r\n0\r\n\r\n".Length);
        await client.SendAsync(Request[..30]);
        await Task.Delay(100); // so that a part of the head is shown twice
        await client.SendAsync(Request[30..]);
        string answer = former + await client.ReadToEndAsync();
        Assert.EndsWith("\r\n5\r\n0\r\n\r\n", answer, StringComparison.Ordinal);
        LogRecord[] lines = [.. server.Logs.Where(record => record.Category == "Tipi.Bytes")];
        Assert.All(lines, line => Assert.Equal(LogLevel.Debug, line.Level));
        Assert.Equal(First + Request, TextOf(lines.Where(line => line.EventId == 1)));
        Assert.Equal(answer, TextOf(lines.Where(line => line.EventId == 2)));
    }

    [Fact]
    public void A_dump_shows_numbers_and_text()
    {
        byte[] bytes = [.. "GET / HTTP/1.1\r\nX"u8];
        Assert.Equal(
            "47 45 54 20 2F 20 48 54 54 50 2F 31 2E 31 0D 0A  GET / HTTP/1.1..\n"
            + "58                                               X",
            new HexDump(bytes).ToString());
    }

    private static string TextOf(IEnumerable<LogRecord> lines) =>
        string.Concat(lines.SelectMany(line => line.Text.Split('\n').Skip(1))
            .SelectMany(line => line[..48].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(number => (char)Convert.ToInt32(number, 16)));
}
