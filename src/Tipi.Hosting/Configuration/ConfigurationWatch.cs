using Microsoft.Extensions.Primitives;
using Tipi.Hosting.Endpoints;

namespace Tipi.Hosting.Configuration;

/// <summary>Follows changes of the configuration, one after the other, from the end of the start to the stop.</summary>
/// <remarks>
/// <code>
///   starting ──Release──► watching ◄──turn──► reloading
///                             └──DisposeAsync──► stopped
/// </code>
/// A change during the start or a reload is followed afterwards: the registration comes before the first reading.
/// </remarks>
internal sealed class ConfigurationWatch : IThreadPoolWorkItem, IAsyncDisposable
{
    private readonly ConfigurationReading _reading;
    private readonly EndpointReload _reload;
    private readonly SemaphoreSlim _turn = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly IDisposable _registration;
    private int _isQueued;

    private ConfigurationWatch(ConfigurationReading reading, EndpointReload reload)
    {
        _reading = reading;
        _reload = reload;
        _registration = ChangeToken.OnChange(reading.Watch, OnChange);
    }

    /// <summary>The latest reload; it never faults.</summary>
    internal Task Execution { get; private set; } = Task.CompletedTask;

    /// <summary>Null where changes are not to be followed.</summary>
    internal static ConfigurationWatch? Start(TipiServerOptions options, ServerAddresses wished, EndpointReload reload)
    {
        bool addressesWin = wished.PreferHostingUrls && wished.Addresses.Count > 0;
        return ConfigurationReading.Of(options) is { ReloadOnChange: true } reading && !addressesWin
            ? new ConfigurationWatch(reading, reload)
            : null;
    }

    /// <summary>The start is over.</summary>
    internal void Release(bool isStarted)
    {
        if (!isStarted) _stop.Cancel();
        _turn.Release();
    }

    public void Execute() => Execution = RunAsync();

    /// <summary>Waits for a reload that runs; no other one begins.</summary>
    public async ValueTask DisposeAsync()
    {
        _registration.Dispose();
        await _stop.CancelAsync().ConfigureAwait(false);
        await _turn.WaitAsync().ConfigureAwait(false);
        _turn.Release();
    }

    private void OnChange()
    {
        if (Interlocked.Exchange(ref _isQueued, 1) == 0) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private async Task RunAsync()
    {
        await _turn.WaitAsync();
        try
        {
            Volatile.Write(ref _isQueued, 0);
            if (!_stop.IsCancellationRequested) await _reload.RunAsync(_reading, _stop.Token);
        }
        finally
        {
            _turn.Release();
        }
    }
}
