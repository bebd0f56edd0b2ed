using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Tipi.Transport.Uring;

/// <summary>Uses the io_uring transport with Kestrel.</summary>
public static class UringWebHostBuilderExtensions
{
    /// <summary>
    /// Makes Kestrel listen with io_uring. Call it after <c>UseKestrel</c>. If io_uring is not available, Kestrel uses
    /// its sockets, and on Linux one warning at startup names the cause and the remedy.
    /// </summary>
    public static IWebHostBuilder UseUringTransport(
        this IWebHostBuilder builder, Action<UringTransportOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        RingSupport support = RingSupport.Probe();
        if (!support.IsAvailable)
            return builder.ConfigureServices(
                services => services.AddSingleton<IHostedService>(
                    provider => new MissingRingNotice(support, provider.GetRequiredService<ILoggerFactory>())));
        return builder.ConfigureServices(services =>
        {
            if (configure is not null) services.Configure(configure);
            services.AddSingleton(Create);
        });
    }

    // There may be room for the ring of the question, and none for those of the server.
    private static IConnectionListenerFactory Create(IServiceProvider services)
    {
        var logs = services.GetRequiredService<ILoggerFactory>();
        var rings = new UringConnectionListenerFactory(
            services.GetRequiredService<IOptions<UringTransportOptions>>(), logs,
            services.GetService<IHostApplicationLifetime>());
        var support = rings.Start();
        if (support.IsAvailable) return rings;
        TransportLog.RingMissing(
            logs.CreateLogger("Tipi.Transport.Uring"), support.Cause ?? "", support.Remedy ?? "");
        return new SocketTransportFactory(services.GetRequiredService<IOptions<SocketTransportOptions>>(), logs);
    }
}
