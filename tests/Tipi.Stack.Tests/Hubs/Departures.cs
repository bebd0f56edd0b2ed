namespace Tipi.Stack.Tests.Hubs;

/// <summary>How many clients the hub has seen go.</summary>
public sealed class Departures
{
    private int _count;

    internal int Seen => Volatile.Read(ref _count);

    internal void Count() => Interlocked.Increment(ref _count);
}
