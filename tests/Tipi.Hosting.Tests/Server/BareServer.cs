using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Tipi.Hosting.Server;

namespace Tipi.Hosting.Tests.Server;

/// <summary>
/// Tipi without the framework's host, under an application that allocates nothing: what a process allocates beyond its
/// client is the server's.
/// </summary>
internal sealed class BareServer : IAsyncDisposable
{
    private readonly TipiServer _server;

    private BareServer(TipiServer server) => _server = server;

    /// <summary>The body of each answer.</summary>
    internal static byte[] Hello { get; } = "Hello, World!"u8.ToArray();

    internal int Port { get; private set; }

    /// <summary>Starts it on a port of loopback.</summary>
    internal static async Task<BareServer> StartAsync(
        TipiServerOptions options, Action<TipiListenOptions>? endpoint = null)
    {
        options.Listen(IPAddress.Loopback, 0, endpoint ?? (static _ => { }));
        var bare = new BareServer(new TipiServer(Options.Create(options), NullLoggerFactory.Instance));
        await bare._server.StartAsync(new Plaintext(), TestContext.Current.CancellationToken);
        bare.Port = new Uri(bare._server.Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
        return bare;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(TestContext.Current.CancellationToken);
        _server.Dispose();
    }

    private sealed class Plaintext : IHttpApplication<IFeatureCollection>
    {
        public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

        public Task ProcessRequestAsync(IFeatureCollection context)
        {
            var response = context.Get<IHttpResponseFeature>()!;
            response.Headers.ContentType = "text/plain";
            response.Headers.ContentLength = Hello.Length;
            ValueTask<FlushResult> write = context.Get<IHttpResponseBodyFeature>()!.Writer.WriteAsync(Hello);
            if (!write.IsCompletedSuccessfully) throw new InvalidOperationException("The write had to wait.");
            _ = write.Result;
            return Task.CompletedTask;
        }

        public void DisposeContext(IFeatureCollection context, Exception? exception)
        {
            // Nothing is held.
        }
    }
}
