using Tipi.Compare.Peers;

namespace Tipi.Compare.Scenarios;

/// <summary>Where and how long is measured.</summary>
internal sealed class Bench(CompareOptions options) : IAsyncDisposable
{
    private readonly TestCertificate _certificate = new();
    private readonly Companions _companions = new(options);
    private int _launches;

    public CompareOptions Options => options;

    /// <summary>
    /// Starts the server on a port that the run before did not use: a connection in TIME_WAIT or a process that
    /// lingers can then not disturb it.
    /// </summary>
    public RunningServer Start(IPeer peer, Workload workload, string cpus)
    {
        var port = options.FirstPort + (_launches++ % CompareOptions.PortCount);
        return peer.Start(new Launch(workload, port, cpus)
        {
            AppProgram = Options.AppProgram,
            CertificateFile = _certificate.PemFile,
            CompanionAddress = _companions.AddressOf(workload.Companion),
        });
    }

    public async ValueTask DisposeAsync()
    {
        _certificate.Dispose();
        await _companions.DisposeAsync();
    }
}
