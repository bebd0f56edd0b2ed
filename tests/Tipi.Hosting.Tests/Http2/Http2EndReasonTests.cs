using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Tipi.Hosting.Tests.Http2;

/// <summary>How a connection of HTTP/2 is measured and logged at its end: Kestrel's words.</summary>
public sealed class Http2EndReasonTests
{
    private const string Duration = "kestrel.connection.duration";

    private static byte[] Head(int stream, int flags = 5) =>
        Http2Client.Frame(Http2Heard.Headers, flags, stream, FieldBlock.Encode(Http2Client.Get));

    private static byte[] Any(byte type, int flags, int stream, params byte[] payload) =>
        Http2Client.Frame(type, flags, stream, payload);

    private static (string Fault, string Error, byte[] Frames)[] Faults() =>
    [
        ("even stream", "invalid_stream_id", Head(2)),
        ("even stream in a block", "invalid_stream_id", [.. Head(1, 1), .. Head(2)]),
        ("head without a stream", "invalid_stream_id", Head(0)),
        ("head of a lower stream", "invalid_stream_id", [.. Head(5), .. Head(3)]),
        ("DATA without a stream", "invalid_stream_id", Any(Http2Heard.Data, 0, 0, 1)),
        ("DATA of an idle stream", "invalid_stream_id", Any(Http2Heard.Data, 0, 1, 1)),
        ("DATA after a reset", "frame_after_stream_close",
            [.. Head(1, 4), .. Any(Http2Heard.Reset, 0, 1, 0, 0, 0, 8), .. Any(Http2Heard.Data, 0, 1, 1)]),
        ("padding of DATA", "invalid_data_padding", [.. Head(1, 4), .. Any(Http2Heard.Data, 8, 1, 9, 0)]),
        ("padding of a head", "invalid_data_padding", Any(Http2Heard.Headers, 0xC, 1, 9, 0x82)),
        ("PRIORITY of itself", "stream_self_dependency", Any(Http2Heard.Priority, 0, 1, 0, 0, 0, 1, 16)),
        ("PRIORITY without a stream", "invalid_stream_id", Any(Http2Heard.Priority, 0, 0, new byte[5])),
        ("reset of an idle stream", "invalid_stream_id", Any(Http2Heard.Reset, 0, 1, 0, 0, 0, 8)),
        ("SETTINGS on a stream", "invalid_stream_id", Any(Http2Heard.Settings, 0, 1)),
        ("wrong setting", "invalid_settings", Any(Http2Heard.Settings, 0, 0, 0, 2, 0, 0, 0, 2)),
        ("PING on a stream", "invalid_stream_id", Any(Http2Heard.Ping, 0, 1, new byte[8])),
        ("short PING", "invalid_frame_length", Any(Http2Heard.Ping, 0, 0, new byte[7])),
        ("GOAWAY on a stream", "invalid_stream_id", Any(Http2Heard.GoAway, 0, 1, new byte[8])),
        ("window of an idle stream", "invalid_stream_id", Any(Http2Heard.WindowUpdate, 0, 1, 0, 0, 0, 1)),
        ("window without growth", "invalid_window_update_size", Any(Http2Heard.WindowUpdate, 0, 0, new byte[4])),
        ("window too large", "invalid_window_update_size",
            Any(Http2Heard.WindowUpdate, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF)),
        ("CONTINUATION of nothing", "unexpected_frame", Any(Http2Heard.Continuation, 4, 1)),
        ("SETTINGS in a block", "unexpected_frame", [.. Head(1, 1), .. Any(Http2Heard.Settings, 0, 0)]),
        ("broken block", "error_reading_headers", Any(Http2Heard.Headers, 5, 1, 0xFF, 0x40)),
    ];

    [Theory, OnEachTransport]
    public async Task A_fault_has_kestrels_error_type(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, context => context.Request.Body.CopyToAsync(Stream.Null));
        using var meters = new MeterRecorder(server);
        int ends = 0;
        foreach (var (fault, error, frames) in Faults())
        {
            using Http2Client client = await Http2Client.ConnectAsync(server);
            await client.SendAsync(frames);
            while (client.Farewells.Count == 0) await client.HearAnyAsync();
            client.Dispose(); // at once: else the server waits a second for what was sent before it was told

            string tags = (await meters.WaitAsync(Duration, ++ends))[^1].Tags;
            Assert.True(tags.EndsWith($" error.type={error}", StringComparison.Ordinal), $"{fault}: {tags}");
        }
    }

    [Theory, OnEachTransport]
    public async Task What_is_no_preface_has_one_too(TipiTransport transport)
    {
        (string Sent, string Error)[] cases =
        [
            ("1RI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "invalid_handshake"),
            ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "invalid_http_version"),
        ];
        foreach (var (sent, error) in cases)
        {
            await using TestServer server = await TestServer.StartAsync(
                transport, _ => Task.CompletedTask,
                options => options.CodeEndpoints[0].Protocols = HttpProtocols.Http2);
            using var meters = new MeterRecorder(server);
            using RawClient client = await server.ConnectAsync();
            await client.SendAsync(Encoding.ASCII.GetBytes(sent));
            await client.ReadToEndAsync();
            client.Dispose();

            Assert.EndsWith(
                $" error.type={error}", Assert.Single(await meters.WaitAsync(Duration)).Tags, StringComparison.Ordinal);
        }
    }

    [Theory, OnEachTransport]
    public async Task A_response_that_is_too_short_is_a_matter_of_its_stream(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            context.Response.ContentLength = 9;
            await context.Response.WriteAsync(context.Request.Path == "/short" ? "12" : "123456789");
        });
        using var meters = new MeterRecorder(server);
        using Http2Client client = await Http2Client.ConnectAsync(server);
        string shorter = Http2Client.Get.Replace("path: /", "path: /short", StringComparison.Ordinal);
        Assert.NotNull((await client.AskAsync(1, shorter)).ResetCode);
        Assert.Equal("123456789", (await client.AskAsync(3, Http2Client.Get)).Body);
        client.Dispose();

        Assert.EndsWith(
            " network.protocol.version=2", Assert.Single(await meters.WaitAsync(Duration)).Tags,
            StringComparison.Ordinal);
    }

    [Theory, OnEachTransport]
    public async Task A_ping_that_is_not_answered_is_logged(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, _ => Task.CompletedTask, options =>
        {
            options.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(1);
            options.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(1);
        });
        using var meters = new MeterRecorder(server);
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.ConnectionEndsAsync("INTERNAL_ERROR");
        client.Dispose();

        Assert.EndsWith(
            " error.type=keep_alive_timeout", Assert.Single(await meters.WaitAsync(Duration)).Tags,
            StringComparison.Ordinal);
        LogRecord line = Assert.Single(server.Logs, line => line.EventId == 29);
        Assert.Equal(("Tipi.Server.BadRequests", LogLevel.Debug), (line.Category, line.Level));
        Assert.Contains("did not answer a ping", line.Text, StringComparison.Ordinal);
    }
}
