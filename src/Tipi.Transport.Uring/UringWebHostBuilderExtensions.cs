using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Tipi.Transport.Uring;

/// <summary>Puts the io_uring transport under a server of the framework.</summary>
public static class UringWebHostBuilderExtensions
{
    /// <summary>
    /// Makes Kestrel listen with io_uring. To be called after <c>UseKestrel</c>. Where io_uring is not to be had,
    /// nothing changes: see <see cref="RingSupport.Probe"/> for the reason.
    /// </summary>
    public static IWebHostBuilder UseUringTransport(
        this IWebHostBuilder builder, Action<UringTransportOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (!RingSupport.Probe().IsAvailable) return builder;
        return builder.ConfigureServices(services =>
        {
            if (configure is not null) services.Configure(configure);
            services.AddSingleton<IConnectionListenerFactory, UringConnectionListenerFactory>();
        });
    }
}
