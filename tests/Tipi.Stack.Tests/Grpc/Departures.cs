namespace Tipi.Stack.Tests.Grpc;

/// <summary>What the service of one host saw of clients that left.</summary>
internal sealed class Departures
{
    private int _count;

    internal int Count => Volatile.Read(ref _count);

    /// <summary>How the last read of a call to <c>Listen</c> ended: the type of the error, or "end".</summary>
    internal TaskCompletionSource<string> LastRead { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal void Add() => Interlocked.Increment(ref _count);
}
