using Microsoft.Extensions.Logging;

namespace Tipi.Hosting.Tls.Certificates;

/// <summary>
/// Looks at certificate files once a second, from the end of the start, or when there are any, to the stop.
/// </summary>
/// <remarks>
/// By looking, not by notifications: those miss the folder's link that Kubernetes replaces, files on network file
/// systems and single files bound into a container, and there are few of them for all of a user's processes.
/// </remarks>
internal sealed class CertificateWatch(CertificateBook book, ILogger log) : IAsyncDisposable
{
    /// <summary>Kestrel's switch, for those who use it already.</summary>
    private const string Switch = "Microsoft.AspNetCore.Server.Kestrel.DisableCertificateFileWatching";

    private readonly PeriodicTimer _timer = new(TimeSpan.FromSeconds(1));

    /// <summary>Ends with the watch; it does not fault.</summary>
    internal Task Execution { get; private set; } = Task.CompletedTask;

    internal void Start()
    {
        if (AppContext.TryGetSwitch(Switch, out bool isOff) && isOff) return;
        book.WhenUsed(() => Execution = Task.Run(RunAsync));
    }

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await Execution.ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        while (await _timer.WaitForNextTickAsync().ConfigureAwait(false))
        {
            try
            {
                book.Refresh(log);
            }
            catch (Exception)
            {
                // A log that fails must not end the watch: what has changed is seen, or told, the next time.
            }
        }
    }
}
