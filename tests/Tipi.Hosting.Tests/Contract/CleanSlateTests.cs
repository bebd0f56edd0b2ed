using System.IO.Pipelines;
using System.Net;
using System.Text;

namespace Tipi.Hosting.Tests.Contract;

/// <summary>Whatever a request does to its objects, the next one of its connection finds them as the first.</summary>
public sealed class CleanSlateTests
{
    private static readonly byte[] s_body = "abc"u8.ToArray();

    /// <summary>What a request does, and whether its connection goes on.</summary>
    private static readonly Dictionary<string, (Func<HttpContext, List<string>, Task> Do, bool GoesOn)> s_cases = new()
    {
        ["add"] = ((context, calls) => Done(() => Breakage.AddAll(context, calls)), true),
        ["set"] = ((context, _) => Done(() => Breakage.SetAll(context.Features)), true),
        ["replace"] = ((context, _) => Done(() => Breakage.ReplaceAll(context.Features)), true),
        ["remove"] = ((context, _) => Done(() => Breakage.RemoveAll(context.Features)), true),
        ["add and set"] = ((context, calls) => Done(() =>
        {
            Breakage.AddAll(context, calls);
            Breakage.SetAll(context.Features);
        }), true),
        ["fault"] = ((context, calls) =>
        {
            Breakage.AddAll(context, calls);
            throw new InvalidOperationException("strange");
        }, true),
        ["fault at the start"] = ((context, _) =>
        {
            context.Response.OnStarting(() => throw new InvalidOperationException("strange"));
            return Task.CompletedTask;
        }, true),
        ["reader of another body"] = (async (context, _) =>
        {
            context.Request.Body = new MemoryStream("strange"u8.ToArray());
            ReadResult read = await context.Request.BodyReader.ReadAsync();
            Assert.Equal("strange", Encoding.ASCII.GetString(read.Buffer));
            context.Request.BodyReader.AdvanceTo(read.Buffer.GetPosition(2));
        }, true),
        ["another response body"] = (async (context, _) =>
        {
            context.Response.Body = new MemoryStream();
            await context.Response.WriteAsync("strange");
            await context.Response.BodyWriter.WriteAsync(s_body);
        }, true),
        ["body half taken"] = (async (context, _) =>
        {
            ReadResult read = await context.Request.BodyReader.ReadAsync();
            context.Request.BodyReader.AdvanceTo(read.Buffer.GetPosition(1), read.Buffer.End);
            context.Request.BodyReader.CancelPendingRead();
            context.Response.BodyWriter.CancelPendingFlush();
        }, true),
        ["body held and completed"] = (async (context, _) =>
        {
            await context.Request.BodyReader.ReadAsync();
            await context.Request.BodyReader.CompleteAsync();
            await context.Response.BodyWriter.CompleteAsync();
        }, true),
        ["body failed"] = (async (context, _) =>
        {
            context.Response.BodyWriter.GetSpan(10);
            context.Response.BodyWriter.Advance(10);
            await context.Response.BodyWriter.CompleteAsync(new InvalidOperationException("strange"));
        }, true),
        ["length that is wrong"] = (async (context, _) =>
        {
            context.Response.ContentLength = 7;
            await context.Response.WriteAsync("x");
        }, false),
        ["given up"] = (async (context, _) =>
        {
            Assert.False(context.RequestAborted.IsCancellationRequested);
            await context.Response.WriteAsync("x");
            context.Abort();
        }, false),
    };

    [Theory, OnEachWire]
    public async Task The_next_request_finds_all_as_the_first_did(TipiTransport transport, Wire wire)
    {
        var calls = new List<string>();
        await using WireServer server = await WireServer.StartAsync(transport, wire, context =>
        {
            string what = Uri.UnescapeDataString(context.Request.Path.Value![1..]);
            return what == "picture" ? PictureAsync(context) : s_cases[what].Do(context, calls);
        });
        (string connection, string first) = await PictureAsync(server, "");
        Assert.Contains("IRequestBodyPipeFeature: RequestBodyPipeFeature", first, StringComparison.Ordinal);
        foreach (var (what, (_, goesOn)) in s_cases)
        {
            calls.Clear();
            await BreakAsync(server, what, goesOn || server.IsHttp2);
            for (int i = 0; i < 2; i++)
            {
                (string next, string picture) = await PictureAsync(server, what);
                if (goesOn || server.IsHttp2) Assert.Equal($"{what} {connection}", $"{what} {next}");
                string[] differs = [.. picture.Split('\n').Except(first.Replace(connection, next).Split('\n'))];
                Assert.True(differs.Length == 0, $"{what}: {string.Join("; ", differs)}");
                (connection, first) = (next, picture);
            }
            Assert.True(calls.Distinct().Count() == calls.Count, what);
        }
    }

    private static async Task BreakAsync(WireServer server, string what, bool isAnswered)
    {
        HttpRequestMessage request = server.Request(
            "POST", "/" + Uri.EscapeDataString(what), new ByteArrayContent(s_body));
        request.Headers.Add("X-Request", "1");
        Exception? error = await Record.ExceptionAsync(async () =>
        {
            using HttpResponseMessage response = await server.SendAsync(request);
            await response.Content.ReadAsByteArrayAsync();
        });
        if (isAnswered && what is not ("length that is wrong" or "given up")) Assert.Null(error);
    }

    private static async Task<(string Connection, string Picture)> PictureAsync(WireServer server, string what)
    {
        HttpRequestMessage request = server.Request("POST", "/picture", new ByteArrayContent(s_body));
        using HttpResponseMessage response = await server.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        Exception? fault = server.Logs.LastOrDefault(record => record.EventId == 13)?.Error;
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{what}: {response.StatusCode} {fault}");
        Assert.Equal((HttpStatusCode.OK, "OK"), (response.StatusCode, server.IsHttp2 ? "OK" : response.ReasonPhrase));
        Assert.False(response.Headers.Contains("X-Strange"));
        Assert.Empty(response.TrailingHeaders);
        int end = text.IndexOf('\n', StringComparison.Ordinal);
        return (text[..end], text[(end + 1)..]);
    }

    private static async Task PictureAsync(HttpContext context)
    {
        var facts = new List<string>(FeaturePicture.Of(context.Features))
        {
            $"{context.Items.Count} {context.User.Identity?.IsAuthenticated} {context.GetEndpoint()} "
            + $"{context.Request.RouteValues.Count} {context.Request.Cookies.Count} {context.Request.QueryString}",
            $"{context.Features.Get<string>()} {context.Features.Get<ISessionFeature>()} "
            + $"{context.Features.Get<IFormFeature>()?.Form}",
        };
        ReadResult read = await context.Request.BodyReader.ReadAsync();
        while (!read.IsCompleted && !read.IsCanceled)
        {
            context.Request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            read = await context.Request.BodyReader.ReadAsync();
        }
        facts.Add($"{Encoding.ASCII.GetString(read.Buffer)} {read.IsCanceled}");
        context.Request.BodyReader.AdvanceTo(read.Buffer.End);
        facts.Add($"{await context.Request.Body.ReadAsync(new byte[1])}");
        FlushResult flushed = await context.Response.BodyWriter.FlushAsync();
        facts.Add($"{flushed.IsCanceled} {flushed.IsCompleted}");
        await context.Response.WriteAsync($"{context.Connection.Id}\n{string.Join('\n', facts)}");
    }

    private static Task Done(Action act)
    {
        act();
        return Task.CompletedTask;
    }
}
