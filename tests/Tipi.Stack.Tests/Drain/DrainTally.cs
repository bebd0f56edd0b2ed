namespace Tipi.Stack.Tests.Drain;

/// <summary>What the clients have seen.</summary>
internal sealed class DrainTally
{
    private int _whole;
    private int _closing;

    /// <summary>Answers that came in full and were the right ones.</summary>
    internal int Whole => Volatile.Read(ref _whole);

    /// <summary>Those of them that said <c>Connection: close</c>.</summary>
    internal int Closing => Volatile.Read(ref _closing);

    internal System.Collections.Concurrent.ConcurrentQueue<string> Faults { get; } = [];

    internal void Add(RawResponse answer, string expected)
    {
        if (answer.Status != 200 || answer.Body != expected) Faults.Enqueue($"{expected}: {answer.Head}{answer.Body}");
        else Interlocked.Increment(ref _whole);
        if (answer.Header("Connection") == "close") Interlocked.Increment(ref _closing);
    }
}
