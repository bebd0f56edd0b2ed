using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tipi.Hosting.Tests.Diagnostics.Access;

public sealed class AccessLogTests
{
    private const string Fields = "Host: site.example\r\nUser-Agent: probe/1\r\nReferer: http://from.example/\r\n";

    [Fact]
    public void There_is_none_by_default() =>
        Assert.Equal(AccessLogFormat.None, new TipiServerOptions().AccessLog.Format);

    [Theory, OnEachTransport]
    public async Task A_combined_line_says_who_what_and_how(TipiTransport transport)
    {
        using var file = new LogFile();
        await using (TestServer server = await StartAsync(transport, file, AccessLogFormat.Combined))
            await server.AskAsync($"GET /a?b=c HTTP/1.1\r\n{Fields}X-Forwarded-For: 9.9.9.9\r\n\r\n");

        string line = Assert.Single(file.Lines);
        const string Request = """
            "GET /a\?b=c HTTP/1\.1" 200 5 "http://from\.example/" "probe/1" "site\.example" \d+\.\d{3}$
            """;
        Assert.Matches(
            @"^127\.0\.0\.1 - - \[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000\] " + Request.Trim(), line);
        string time = Regex.Match(line, @"\[(.*) \+0000\]").Groups[1].Value;
        var written = DateTime.ParseExact(time, "dd/MMM/yyyy:HH:mm:ss", CultureInfo.InvariantCulture);
        Assert.InRange(DateTime.UtcNow - written, TimeSpan.FromSeconds(-1), TimeSpan.FromMinutes(1));
    }

    [Theory, OnEachTransport]
    public async Task A_json_line_has_the_documented_fields(TipiTransport transport)
    {
        using var file = new LogFile();
        string id = "";
        await using (TestServer server = await TestServer.StartAsync(
            transport,
            context =>
            {
                id = context.Connection.Id;
                // What the application makes of the request is not what was received.
                context.Request.Method = "PUT";
                context.Request.Headers.Host = "other";
                context.Features.Get<IHttpRequestFeature>()!.RawTarget = "/other";
                context.Connection.RemoteIpAddress = IPAddress.Parse("9.9.9.9");
                context.Response.StatusCode = 201;
                return context.Response.WriteAsync("hello");
            },
            options => Use(options, file, AccessLogFormat.Json)))
        {
            await server.AskAsync($"GET /a?b=c HTTP/1.1\r\n{Fields}\r\n");
        }

        JsonElement line = Parse(Assert.Single(file.Lines));
        string[] names =
        [
            "time", "duration_ms", "connection", "request", "peer", "peer_port", "method", "target", "protocol", "host",
            "referer", "user_agent", "status", "bytes", "outcome",
        ];
        Assert.Equal(names, line.EnumerateObject().Select(one => one.Name));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", Text(line, "time"));
        Assert.Equal(id, Text(line, "connection"));
        Assert.Equal(1, line.GetProperty("request").GetInt32());
        Assert.Equal("127.0.0.1 GET /a?b=c HTTP/1.1", Texts(line, "peer", "method", "target", "protocol"));
        Assert.Equal("site.example http://from.example/ probe/1", Texts(line, "host", "referer", "user_agent"));
        Assert.Equal(201, line.GetProperty("status").GetInt32());
        Assert.Equal(5, line.GetProperty("bytes").GetInt64());
        Assert.Equal("complete", Text(line, "outcome"));
    }

    [Theory, OnEachTransport]
    public async Task Refused_requests_are_there_and_can_not_forge_lines(TipiTransport transport)
    {
        using var combined = new LogFile();
        using var json = new LogFile();
        string[] requests =
        [
            "GET /\u001b[31m\"\\\u00e9 HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /ok HTTP/1.1\r\nHost: a\r\nUser-Agent: x\u001by\r\n\r\n",
            "GET /t HTTP/1.1\r\nHost: good\r\nUser-Agent: seen\r\nContent-Length: -1\r\n\r\n",
        ];
        foreach (var (file, format) in new[] { (combined, AccessLogFormat.Combined), (json, AccessLogFormat.Json) })
        {
            await using TestServer server = await StartAsync(transport, file, format);
            foreach (string request in requests) Assert.Equal(400, (await server.AskAsync(request)).Status);
        }

        Assert.Equal(3, combined.Lines.Length);
        Assert.All(combined.Lines.Concat(json.Lines), line => Assert.All(line, one => Assert.InRange(one, ' ', '~')));
        Assert.Contains("""
            "GET /\x1B[31m\x22\x5C\xE9 HTTP/1.1" 400 0 "-"
            """.Trim(), combined.Lines[0], StringComparison.Ordinal);
        JsonElement[] lines = json.Lines.Select(Parse).ToArray();
        Assert.All(lines, line => Assert.Equal("refused", Text(line, "outcome")));
        Assert.Equal("GET /\u001b[31m\"\\\u00e9 HTTP/1.1", Text(lines[0], "line"));
        Assert.Equal("GET /t good seen", Texts(lines[2], "method", "target", "host", "user_agent"));
        Assert.NotEqual("", Text(lines[2], "reason"));
    }

    [Theory, OnEachTransport]
    public async Task A_request_that_is_too_slow_is_there(TipiTransport transport)
    {
        using var file = new LogFile();
        await using (TestServer server = await TestServer.StartAsync(
            transport, static _ => Task.CompletedTask,
            options =>
            {
                Use(options, file, AccessLogFormat.Json);
                options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(1);
            }))
        {
            Assert.Equal(408, (await server.AskAsync("GET /slow HTTP/1.1\r\nHost: a\r\n")).Status);
        }

        JsonElement line = Parse(Assert.Single(file.Lines));
        Assert.Equal(408, line.GetProperty("status").GetInt32());
        Assert.Equal("/slow a", Texts(line, "target", "host"));
    }

    [Theory, OnEachTransport]
    public async Task A_client_that_leaves_is_499(TipiTransport transport)
    {
        using var file = new LogFile();
        var running = new TaskCompletionSource();
        await using (TestServer server = await TestServer.StartAsync(
            transport,
            async context =>
            {
                running.SetResult();
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            },
            options => Use(options, file, AccessLogFormat.Json)))
        {
            using (RawClient client = await server.ConnectAsync())
            {
                await client.SendAsync("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
                await running.Task;
                client.Socket.LingerState = new(true, 0);
            }
            await LogFile.WaitForLinesAsync(file.Path, 1);
        }

        JsonElement line = Parse(Assert.Single(file.Lines));
        Assert.Equal("aborted /wait", Texts(line, "outcome", "target"));
        Assert.Equal(499, line.GetProperty("status").GetInt32());
        Assert.Equal(0, line.GetProperty("bytes").GetInt64());
    }

    [Theory, OnEachTransport]
    public async Task A_client_that_only_ends_its_sending_is_answered(TipiTransport transport)
    {
        using var file = new LogFile();
        await using (TestServer server = await TestServer.StartAsync(
            transport,
            async context =>
            {
                // The end of the input cancels the token, as under Kestrel; who goes on nevertheless is heard.
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(static _ => { });
            },
            options => Use(options, file, AccessLogFormat.Json)))
        {
            using RawClient client = await server.ConnectAsync();
            await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            client.EndSending();
            Assert.Equal(200, (await client.ReadResponseAsync()).Status);
        }
        Assert.Equal(200, Parse(Assert.Single(file.Lines)).GetProperty("status").GetInt32());
    }

    [Theory, OnEachTransport]
    public async Task A_response_that_breaks_off_keeps_its_status(TipiTransport transport)
    {
        using var file = new LogFile();
        await using (TestServer server = await TestServer.StartAsync(
            transport,
            async context =>
            {
                await context.Response.WriteAsync("part");
                throw new InvalidOperationException("on purpose");
            },
            options => Use(options, file, AccessLogFormat.Json)))
        {
            using RawClient client = await server.ConnectAsync();
            await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            await client.ReadToEndAsync();
        }

        JsonElement line = Parse(Assert.Single(file.Lines));
        Assert.Equal("aborted", Text(line, "outcome"));
        Assert.Equal(200, line.GetProperty("status").GetInt32());
        Assert.Equal(4, line.GetProperty("bytes").GetInt64());
    }

    [Theory, OnEachTransport]
    public async Task The_body_of_HEAD_is_not_counted(TipiTransport transport)
    {
        using var file = new LogFile();
        await using (TestServer server = await StartAsync(transport, file, AccessLogFormat.Json))
            await server.AskAsync("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.Equal(0, Parse(Assert.Single(file.Lines)).GetProperty("bytes").GetInt64());
    }

    [Theory, OnEachTransport]
    public async Task Pipelined_requests_have_a_line_each_in_their_order(TipiTransport transport)
    {
        using var file = new LogFile();
        const int Count = 300;
        await using (TestServer server = await StartAsync(transport, file, AccessLogFormat.Json))
        {
            using RawClient client = await server.ConnectAsync();
            await client.SendAsync(string.Concat(
                Enumerable.Range(1, Count).Select(i => $"GET /{i} HTTP/1.1\r\nHost: a\r\n\r\n")));
            for (int i = 0; i < Count; i++) await client.ReadResponseAsync();
        }

        Assert.Equal(
            Enumerable.Range(1, Count).Select(i => $"/{i}"), file.Lines.Select(line => Text(Parse(line), "target")));
    }

    [Theory, OnEachTransport]
    public async Task A_file_that_was_renamed_is_made_anew(TipiTransport transport)
    {
        using var file = new LogFile();
        await using TestServer server = await StartAsync(transport, file, AccessLogFormat.Json);
        // One connection, since lines of several may change places.
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync("GET /before HTTP/1.1\r\nHost: a\r\n\r\n");
        await client.ReadResponseAsync();
        await LogFile.WaitForLinesAsync(file.Path, 1);
        File.Move(file.Path, file.Rotated);
        int asked = 0;
        while (!File.Exists(file.Path) && asked < 500)
        {
            await client.SendAsync($"GET /{++asked} HTTP/1.1\r\nHost: a\r\n\r\n");
            await client.ReadResponseAsync();
            await Task.Delay(20);
        }
        await server.StopAsync(TimeSpan.FromSeconds(10));

        Assert.NotEmpty(file.Lines);
        IEnumerable<string> targets =
            LogFile.LinesOf(file.Rotated).Concat(file.Lines).Select(line => Text(Parse(line), "target"));
        Assert.Equal(Enumerable.Range(1, asked).Select(i => $"/{i}").Prepend("/before"), targets);
    }

    [Fact]
    public async Task A_path_that_can_not_be_stops_the_start()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => TestServer.StartAsync(
            TipiTransport.Sockets, static _ => Task.CompletedTask,
            options =>
            {
                options.AccessLog.Format = AccessLogFormat.Json;
                options.AccessLog.Path = "/proc/none/access.log";
            }));
        Assert.Contains("AccessLog.Path", error.Message, StringComparison.Ordinal);
    }

    [Theory, OnEachTransport]
    public async Task A_full_disk_costs_lines_and_no_request(TipiTransport transport)
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "/dev/full is not there");
        await using TestServer server = await TestServer.StartAppAsync(
            transport, app => app.Run(static context => context.Response.WriteAsync("hello")),
            options =>
            {
                options.AccessLog.Format = AccessLogFormat.Combined;
                options.AccessLog.Path = "/dev/full";
            });
        using var meters = new MeterRecorder(server);
        Assert.Equal(200, (await server.AskAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n")).Status);
        await meters.WaitAsync("tipi.access_log.dropped");
        for (int i = 0; i < 500 && !server.Logs.Any(line => line.EventId == 57); i++) await Task.Delay(20);
        Assert.Single(server.Logs, line => line.EventId == 57);
    }

    private static Task<TestServer> StartAsync(TipiTransport transport, LogFile file, AccessLogFormat format) =>
        TestServer.StartAsync(
            transport, static context => context.Response.WriteAsync("hello"),
            options => Use(options, file, format));

    private static void Use(TipiServerOptions options, LogFile file, AccessLogFormat format)
    {
        options.AccessLog.Format = format;
        options.AccessLog.Path = file.Path;
    }

    private static JsonElement Parse(string line) => JsonDocument.Parse(line).RootElement;

    private static string Text(JsonElement line, string name) => line.GetProperty(name).GetString()!;

    private static string Texts(JsonElement line, params string[] names) =>
        string.Join(' ', names.Select(name => Text(line, name)));
}
