using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Tipi.Hosting.Kestrel;

/// <summary>
/// Gives Kestrel's options the application's services before anybody else configures them, as <c>UseKestrel</c> does:
/// what is told to them may ask for services.
/// </summary>
internal sealed class KestrelServices(IServiceProvider services) : IConfigureOptions<KestrelServerOptions>
{
    public void Configure(KestrelServerOptions options) => options.ApplicationServices = services;
}
