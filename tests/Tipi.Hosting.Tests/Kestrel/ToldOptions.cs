using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Tipi.Hosting.Tests.Kestrel;

/// <summary>Tells Kestrel something as packages do.</summary>
internal sealed class ToldOptions(Action<KestrelServerOptions> tell) : IConfigureOptions<KestrelServerOptions>
{
    public void Configure(KestrelServerOptions options) => tell(options);
}
