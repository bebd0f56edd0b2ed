using Tipi.Hosting.Exchange;
using Tipi.Protocols.Http2;

namespace Tipi.Hosting.Http2;

/// <summary>
/// A stream as its connection's way out knows it: what it has to send, how much of it the peer takes, and when it has
/// its turn. Used under the connection's gate.
/// </summary>
internal sealed class OutgoingStream(HttpExchange exchange, OutgoingResponse response, IResponder responder)
{
    private bool _isGone = true;

    internal int Id { get; private set; }

    internal HttpExchange Exchange => exchange;

    internal OutgoingResponse Response => response;

    internal Http2Priority Priority { get; set; }

    /// <summary>What the peer takes of this stream.</summary>
    internal FlowWindow Window;

    internal StreamPlace Place { get; set; }

    internal OutgoingStream? NextReady { get; set; }

    /// <summary>How slowly the peer takes the response.</summary>
    internal WindowRate Rate;

    /// <summary>How slowly it takes all responses together, while this one waits for the connection's window.</summary>
    internal SharedWindowRate SharedRate;

    /// <summary>
    /// True once nobody takes the response: the stream was reset, the connection is lost, or the request is over. Asked
    /// on any thread.
    /// </summary>
    internal bool IsGone => Volatile.Read(ref _isGone);

    /// <summary>A request begins.</summary>
    /// <param name="id">The stream's.</param>
    /// <param name="window">What the peer takes to begin with.</param>
    internal void Attach(int id, int window)
    {
        Id = id;
        _isGone = false;
        Priority = Http2Priority.Default;
        Place = StreamPlace.None;
        Rate = default;
        SharedRate = default;
        Window = new FlowWindow(window);
    }

    /// <summary>Forgets the request.</summary>
    internal void Detach() => _isGone = true;

    /// <summary>Nobody takes the response.</summary>
    internal void OnGone() => Volatile.Write(ref _isGone, true);

    /// <summary>The response's last frame was written.</summary>
    internal void OnEndSent()
    {
        response.OnEndSent();
        responder.OnEndSent();
    }

    /// <summary>Bytes of DATA were written.</summary>
    internal void TakeWindow(int bytes)
    {
        Window.TryTake(bytes);
        if (response.Unsent == 0) (Rate, SharedRate) = (default, default);
        else Rate.OnSent(bytes);
    }
}
