namespace Tipi.Compare.Load;

/// <summary>
/// Requests that arrive at fixed times, whatever the server does. Of every <see cref="SlowEvery"/> one goes to the
/// workload's slow target; 0 is none.
/// </summary>
internal sealed record RateLoad(int PerSecond, int Connections, int SlowEvery)
{
    /// <summary>
    /// Connections beside those that ask for the slow target, and again when it has answered: as many as that are
    /// always in it, on any server.
    /// </summary>
    public int SlowLoops { get; init; }

    public bool HasSlow => SlowEvery > 0 || SlowLoops > 0;
}
