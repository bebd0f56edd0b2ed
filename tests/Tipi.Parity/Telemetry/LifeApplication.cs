using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Tipi.Parity.Telemetry;

/// <summary>The application of all lives: its paths say what it does.</summary>
internal static class LifeApplication
{
    private const int Chunk = 1 << 20;

    internal static async Task RunAsync(HttpContext http)
    {
        switch (http.Request.Path.Value)
        {
            case "/read": await http.Request.Body.CopyToAsync(Stream.Null); break;
            case "/hold": await HoldAsync(http); break;
            case "/much": await WriteMuchAsync(http); break;
            case "/close": http.Response.Headers.Connection = "close"; break;
            case "/abort": http.Abort(); break;
            case "/throw": throw new InvalidOperationException();
            case "/short":
                http.Response.ContentLength = 9;
                await http.Response.WriteAsync("12");
                break;
            case "/fail":
                await http.Response.WriteAsync("12");
                throw new InvalidOperationException();
            case "/upgrade":
                await using (Stream stream = await http.Features.Get<IHttpUpgradeFeature>()!.UpgradeAsync())
                    await stream.CopyToAsync(Stream.Null);
                break;
            case "/tolerant":
                await using (Stream stream = await http.Features.Get<IHttpUpgradeFeature>()!.UpgradeAsync())
                    await CopyAsFarAsItGoesAsync(stream);
                break;
            case "/tunnel":
                await using (Stream stream = await http.Features.Get<IHttpExtendedConnectFeature>()!.AcceptAsync())
                    await stream.CopyToAsync(Stream.Null);
                break;
            case "/tag":
                http.Features.Get<IConnectionMetricsTagsFeature>()!.Tags.Add(new("mine", 1));
                break;
        }
    }

    private static async Task CopyAsFarAsItGoesAsync(Stream stream)
    {
        try
        {
            await stream.CopyToAsync(Stream.Null);
        }
        catch (IOException)
        {
            // The client has gone. Where this fails the request, Kestrel has now one end for it, now the other.
        }
    }

    private static async Task HoldAsync(HttpContext http)
    {
        await http.Response.WriteAsync("12");
        await http.Response.Body.FlushAsync();
        await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task WriteMuchAsync(HttpContext http)
    {
        for (int i = 0; i < 64; i++) await http.Response.Body.WriteAsync(new byte[Chunk], http.RequestAborted);
    }
}
