namespace Tipi.Compare.Load;

/// <summary>
/// Requests that arrive at fixed times, whatever the server does. Of every <see cref="SlowEvery"/> one goes to the
/// workload's slow target; 0 is none.
/// </summary>
internal sealed record RateLoad(int PerSecond, int Connections, int SlowEvery);
