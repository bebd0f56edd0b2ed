using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Tipi.Hosting.Tests.Http2;

/// <summary>An application that is attacked, and what is seen of its requests.</summary>
internal sealed class AttackedApp
{
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;
    private int _mostRunning;
    private long _written;

    /// <summary>Requests that run now, without those of the neighbour.</summary>
    internal int Running => Volatile.Read(ref _running);

    /// <summary>The most that ran at the same time.</summary>
    internal int MostRunning => Volatile.Read(ref _mostRunning);

    /// <summary>Bytes that large answers could write.</summary>
    internal long Written => Volatile.Read(ref _written);

    internal Task<TestServer> StartAsync(TipiTransport transport, Action<TipiServerOptions>? configure = null) =>
        TestServer.StartAsync(transport, AnswerAsync, configure);

    /// <summary>Lets the requests end that work on whatever happens.</summary>
    internal void Release() => _release.TrySetResult();

    /// <summary>Waits until no request runs.</summary>
    internal Task WhenNoneRunsAsync() => Eventually.HoldsAsync(() => Running == 0, () => $"{Running} requests run");

    internal static Action<TipiServerOptions> Patience(double seconds) => options =>
    {
        TimeSpan patience = TimeSpan.FromSeconds(seconds);
        options.Limits.RequestHeadersTimeout = patience;
        options.Limits.KeepAliveTimeout = patience;
        options.Limits.MinRequestBodyDataRate = new MinDataRate(1_000, TimeSpan.FromSeconds(1.5));
        // Of what is sent at once the time is that of its bytes: few at a rate that is high.
        options.Limits.MinResponseDataRate = new MinDataRate(1_000_000, TimeSpan.FromSeconds(1.5));
    };

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path == "/")
        {
            await context.Response.WriteAsync("ok");
            return;
        }
        Enter();
        try
        {
            await WorkAsync(context);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private Task WorkAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/hold" => HoldAsync(context),
        "/work" => _release.Task,
        "/upload" => context.Request.Body.CopyToAsync(Stream.Null),
        "/big" => BigAsync(context),
        _ => Task.CompletedTask,
    };

    private static async Task HoldAsync(HttpContext context)
    {
        await Task.Delay(Timeout.Infinite, context.RequestAborted)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task BigAsync(HttpContext context)
    {
        byte[] piece = new byte[16 * 1024];
        for (int i = 0; i < 1024; i++)
        {
            await context.Response.Body.WriteAsync(piece, context.RequestAborted);
            Interlocked.Add(ref _written, piece.Length);
        }
    }

    private void Enter()
    {
        int now = Interlocked.Increment(ref _running);
        for (int most = MostRunning; now > most; most = MostRunning)
            Interlocked.CompareExchange(ref _mostRunning, now, most);
    }
}
