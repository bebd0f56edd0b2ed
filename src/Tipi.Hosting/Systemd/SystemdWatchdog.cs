using Tipi.Transport.Uring;

namespace Tipi.Hosting.Systemd;

/// <summary>
/// Tells systemd, twice in each of its intervals, that the server makes progress: its heartbeat goes on, the thread
/// pool has run what the last beat gave it, and each ring has answered what the last beat asked.
/// </summary>
internal sealed class SystemdWatchdog(SystemdNotifier notifier, TimeSpan interval) : IThreadPoolWorkItem
{
    private readonly long _pauseMs = (long)interval.TotalMilliseconds / 2;
    private long _nextMs;
    private volatile bool _isAnswered = true;

    /// <summary>Null where the server listens with something else.</summary>
    internal UringConnectionListenerFactory? Rings { get; set; }

    /// <summary>Called by the heartbeat, once a second.</summary>
    internal void Beat(long nowMs)
    {
        if (nowMs < _nextMs || !_isAnswered || Rings?.Silence > TimeSpan.Zero) return;
        _nextMs = nowMs + _pauseMs;
        notifier.Send("WATCHDOG=1");
        _isAnswered = false;
        Rings?.AskRings();
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    public void Execute() => _isAnswered = true;
}
