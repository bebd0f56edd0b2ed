using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Tipi.Hosting;
using Tipi.Hosting.Configuration;
using Tipi.Hosting.Kestrel;
using Tipi.Hosting.Server;

namespace Microsoft.AspNetCore.Hosting;

/// <summary>Runs an ASP.NET Core application on Tipi.</summary>
public static class TipiWebHostBuilderExtensions
{
    /// <summary>Uses Tipi instead of the server that was configured before.</summary>
    public static IWebHostBuilder UseTipi(this IWebHostBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.ConfigureServices(static services =>
        {
            services.RemoveAll<IServer>();
            services.AddSingleton<IServer, TipiServer>();
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, ServerGuard>());
            services.Insert(0, ServiceDescriptor.Singleton<IConfigureOptions<KestrelServerOptions>, KestrelServices>());
            services.TryAddEnumerable(
                ServiceDescriptor.Singleton<IConfigureOptions<TipiServerOptions>, ConfiguredOptions>());
        });
    }

    /// <summary>Uses Tipi instead of the server that was configured before.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="configure">Sets the options; called after configuration was read.</param>
    public static IWebHostBuilder UseTipi(this IWebHostBuilder builder, Action<TipiServerOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return builder.UseTipi().ConfigureServices(services => services.Configure(configure));
    }

    /// <summary>Uses Tipi instead of the server that was configured before.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="configure">
    /// Sets the options for the host's environment; called after configuration was read.
    /// </param>
    public static IWebHostBuilder UseTipi(
        this IWebHostBuilder builder, Action<WebHostBuilderContext, TipiServerOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return builder.UseTipi().ConfigureServices((context, services) =>
            services.Configure<TipiServerOptions>(options => configure(context, options)));
    }
}
