using Tipi.Hosting.Connections;

namespace Tipi.Hosting.Http2;

/// <summary>
/// Streams that served requests of this connection and will serve further ones of it. The connection gives them up when
/// no request has ended for a while. Used under the gate.
/// </summary>
internal sealed class SpareStreams(ServerConnection owner)
{
    /// <summary>As many as a client may have at once by default; Kestrel keeps as many.</summary>
    private const int Most = 100;

    /// <summary>The one that was used last; null when there is none.</summary>
    internal Http2Stream? Take() =>
        owner.KeptForRequests is Stack { Count: > 0 } stack ? stack.Pop() : null;

    /// <summary>Keeps one that nobody uses.</summary>
    internal void Keep(Http2Stream stream)
    {
        var stack = owner.KeptForRequests as Stack ?? new Stack();
        if (stack.Count < Most) stack.Push(stream);
        owner.KeptForRequests = stack;
    }

    private sealed class Stack : Stack<Http2Stream>;
}
