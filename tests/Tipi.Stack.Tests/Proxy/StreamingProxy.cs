using Microsoft.AspNetCore.Http.Features;

namespace Tipi.Stack.Tests.Proxy;

/// <summary>
/// A proxy as applications write it: HttpClient to the origin, nothing collected. An origin that cannot be reached is
/// a 502; one that fails in the middle aborts the answer.
/// </summary>
internal sealed class StreamingProxy(Uri origin) : IDisposable
{
    private static readonly HashSet<string> s_hopByHop = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Expect", "Host", "Keep-Alive", "TE", "Transfer-Encoding", "Upgrade",
    };

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        Expect100ContinueTimeout = Eventually.Patience,
    });

    internal async Task ForwardAsync(HttpContext context)
    {
        try
        {
            using HttpRequestMessage request = RequestOf(context);
            using HttpResponseMessage answer = await _client.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
            await AnswerAsync(context, answer);
        }
        catch (HttpRequestException) when (!context.Response.HasStarted)
        {
            context.Response.StatusCode = StatusCodes.Status502BadGateway;
        }
        catch (Exception error) when (error is IOException or HttpRequestException or OperationCanceledException)
        {
            context.Abort();
        }
    }

    public void Dispose() => _client.Dispose();

    private static async Task AnswerAsync(HttpContext context, HttpResponseMessage answer)
    {
        HttpResponse response = context.Response;
        response.StatusCode = (int)answer.StatusCode;
        foreach ((string name, IEnumerable<string> values) in answer.Headers.Concat(answer.Content.Headers))
            if (!s_hopByHop.Contains(name)) response.Headers.Append(name, values.ToArray());
        await response.StartAsync(context.RequestAborted);
        await using Stream body = await answer.Content.ReadAsStreamAsync(context.RequestAborted);
        await StreamedContent.CopyAsync(body, response.Body, context.RequestAborted);
        foreach ((string name, IEnumerable<string> values) in answer.TrailingHeaders)
            response.AppendTrailer(name, values.ToArray());
    }

    private HttpRequestMessage RequestOf(HttpContext context)
    {
        HttpRequest request = context.Request;
        var forwarded = new HttpRequestMessage(
            new HttpMethod(request.Method), new Uri(origin, request.Path + request.QueryString));
        bool hasBody = context.Features.GetRequiredFeature<IHttpRequestBodyDetectionFeature>().CanHaveBody;
        if (hasBody) forwarded.Content = new StreamedContent(request.Body);
        // HttpClient waits for the origin's word only when it is told so here, not by a field that is passed on.
        if (request.Headers.Expect.Count > 0) forwarded.Headers.ExpectContinue = true;
        // How large a body may be is the origin's to say.
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in request.Headers)
        {
            if (s_hopByHop.Contains(name)) continue;
            if (!forwarded.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
                forwarded.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
        }
        return forwarded;
    }
}
