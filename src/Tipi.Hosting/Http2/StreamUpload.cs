namespace Tipi.Hosting.Http2;

/// <summary>What one stream's client may send of its request's body. Used under the connection's gate.</summary>
internal sealed class StreamUpload
{
    internal int Id { get; private set; }

    /// <summary>What the peer may send on this stream.</summary>
    internal ReceiveWindow Window;

    /// <summary>True while more of the body may come, so that its client is granted more.</summary>
    internal bool IsOpen { get; set; }

    /// <summary>A request begins.</summary>
    internal void Attach(int id, int window)
    {
        Id = id;
        Window = new ReceiveWindow(window);
    }
}
