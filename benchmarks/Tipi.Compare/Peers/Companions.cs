using Tipi.Compare.Machine;

namespace Tipi.Compare.Peers;

/// <summary>Starts companions when they are first wanted, on the client's CPUs; disposing ends them.</summary>
internal sealed class Companions(CompareOptions options) : IAsyncDisposable
{
    private PostgresServer? _database;
    private RunningServer? _upstream;

    private int FirstPort => options.FirstPort + CompareOptions.PortCount;

    /// <summary>What the application is told: a connection string, or a URL; null where it needs none.</summary>
    public string? AddressOf(Companion companion) => companion switch
    {
        Companion.Database => (_database ??= PostgresServer.Start(FirstPort, options.ClientCpus)).ConnectionString,
        Companion.Upstream => (_upstream ??= StartUpstream()).Url.ToString(),
        _ => null,
    };

    public async ValueTask DisposeAsync()
    {
        _database?.Dispose();
        if (_upstream is not null) await _upstream.DisposeAsync();
    }

    private RunningServer StartUpstream()
    {
        var server = new AppPeer(PeerCatalog.Reference).Start(
            new Launch(Workload.Plaintext, FirstPort + 1, options.ClientCpus) { AppProgram = options.AppProgram });
        server.AwaitReady();
        return server;
    }
}
