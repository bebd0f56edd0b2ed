namespace Tipi.Transport.Uring.Rings;

/// <summary>
/// Something a thread asks of a ring. It is its own link in the queue, so posting allocates nothing; it may be posted
/// again from the moment that it runs.
/// </summary>
internal abstract class PostedWork
{
    internal PostedWork? NextPosted { get; set; }

    /// <summary>Runs on the ring's thread, as its owner. Must not call code of others; see RingLoop.Call.</summary>
    internal abstract void Run();

    /// <summary>Runs on the posting thread, in place of <see cref="Run"/>, where the ring has stopped.</summary>
    internal virtual void Refuse()
    {
    }
}
