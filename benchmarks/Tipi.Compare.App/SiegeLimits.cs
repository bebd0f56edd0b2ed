using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Tipi.Hosting;

namespace Tipi.Compare.App;

/// <summary>
/// The same limits on every server, by the application's name. They are short, so that an attack shows its end within
/// seconds, but where the name ends in "-defaults".
/// </summary>
internal static class SiegeLimits
{
    private const int RunningRequests = 16;
    private const int ConnectionsOfAddress = 100;

    private static readonly TimeSpan Headers = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(10);
    private static readonly MinDataRate Rate = new(240, TimeSpan.FromSeconds(2));

    // A reader that takes nothing has what the kernel holds for it on its account: this much it takes at once.
    private static readonly MinDataRate ResponseRate = new(1_000_000, TimeSpan.FromSeconds(2));

    public static void Apply(IServiceCollection services, string application, int port)
    {
        // Attacked requests may run without end; the next attack need not wait for them.
        services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));
        if (!application.EndsWith("-defaults", StringComparison.Ordinal))
            Shorten(services);
        SiegeEndpoints.Apply(services, application, port);
        if (BufferOf(application) is { } bytes)
        {
            // Kestrel wants room for a whole head in it.
            services.Configure<TipiServerOptions>(options =>
            {
                options.Limits.MaxRequestBufferSize = bytes;
                options.Limits.MaxRequestHeadersTotalSize = bytes;
            });
            // Kestrel's own limit does not reach its transport, which holds 1 MiB of clear text unless told.
            services.Configure<SocketTransportOptions>(options => options.MaxReadBufferSize = bytes);
            services.Configure<KestrelServerOptions>(options =>
            {
                options.Limits.MaxRequestBufferSize = bytes;
                options.Limits.MaxRequestHeadersTotalSize = bytes;
            });
        }

        if (application.StartsWith("siege-address", StringComparison.Ordinal))
            services.Configure<TipiServerOptions>(options => options.Limits.MaxConnectionsPerIP = ConnectionsOfAddress);
        if (IsOverload(application))
            LimitRunning(services, port);
    }

    /// <summary>On Tipi the server itself limits the requests that run, elsewhere the framework's middleware.</summary>
    public static void Use(WebApplication app, string application)
    {
        var server = app.Services.GetRequiredService<IServer>().GetType();
        if (IsOverload(application) && server.Assembly != typeof(TipiServerOptions).Assembly)
            app.UseRateLimiter();
    }

    private static bool IsOverload(string application) =>
        application.StartsWith("siege-overload", StringComparison.Ordinal);

    private static int? BufferOf(string application) => application.Split('-') switch
    {
        [_, "16k", ..] => 16 * 1024,
        [_, "64k", ..] => 64 * 1024,
        _ => null,
    };

    // The second endpoint, a port higher, has no limit.
    private static void LimitRunning(IServiceCollection services, int port)
    {
        services.Configure<TipiServerOptions>(options =>
        {
            options.Listen(IPAddress.Loopback, port, endpoint =>
                endpoint.ConfigureLimits(limits => limits.MaxConcurrentRequests = RunningRequests));
            options.Listen(IPAddress.Loopback, port + 1);
        });
        services.Configure<KestrelServerOptions>(options =>
        {
            options.Listen(IPAddress.Loopback, port);
            options.Listen(IPAddress.Loopback, port + 1);
        });
        var running = new ConcurrencyLimiterOptions { PermitLimit = RunningRequests, QueueLimit = 0 };
        services.AddRateLimiter(options =>
        {
            options.RejectionStatusCode = StatusCodes.Status503ServiceUnavailable;
            options.OnRejected = (context, _) =>
            {
                context.HttpContext.Response.Headers.RetryAfter = "1";
                return ValueTask.CompletedTask;
            };
            options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, int>(context =>
                context.Connection.LocalPort == port
                    ? RateLimitPartition.GetConcurrencyLimiter(port, _ => running)
                    : RateLimitPartition.GetNoLimiter(context.Connection.LocalPort));
        });
    }

    private static void Shorten(IServiceCollection services)
    {
        services.Configure<TipiServerOptions>(options =>
        {
            options.Limits.RequestHeadersTimeout = Headers;
            options.Limits.KeepAliveTimeout = KeepAlive;
            options.Limits.MinRequestBodyDataRate = Rate;
            options.Limits.MinResponseDataRate = ResponseRate;
        });
        services.Configure<KestrelServerOptions>(options =>
        {
            options.Limits.RequestHeadersTimeout = Headers;
            options.Limits.KeepAliveTimeout = KeepAlive;
            options.Limits.MinRequestBodyDataRate = Rate;
            options.Limits.MinResponseDataRate = ResponseRate;
        });
    }
}
