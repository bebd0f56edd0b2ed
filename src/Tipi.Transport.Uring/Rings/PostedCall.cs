namespace Tipi.Transport.Uring.Rings;

/// <summary>A callback on its way to a ring's thread.</summary>
/// <remarks>
/// Each thread keeps some that have run, so that a ring that posts to itself allocates nothing. Invariant: it is either
/// in a ring's queue or kept by one thread.
/// </remarks>
internal sealed class PostedCall : PostedWork
{
    // As many as a connection's streams that begin in one turn, and some.
    private const int MostKept = 256;

    [ThreadStatic]
    private static PostedCall? t_kept;

    [ThreadStatic]
    private static int t_keptCount;

    private Action<object?>? _callback;
    private object? _state;

    private PostedCall()
    {
    }

    internal static PostedCall Of(Action<object?> callback, object? state)
    {
        var call = t_kept;
        if (call is null)
        {
            call = new PostedCall();
        }
        else
        {
            t_kept = (PostedCall?)call.NextPosted;
            t_keptCount--;
        }

        call._callback = callback;
        call._state = state;
        return call;
    }

    internal override void Run(RingLoop loop)
    {
        var (callback, state) = Take();
        loop.Call(callback, state);
    }

    // Somebody may wait for it, also when the ring is gone.
    internal override void Refuse(RingLoop loop)
    {
        var (callback, state) = Take();
        loop.CallOnPool(callback, state);
    }

    private (Action<object?> Callback, object? State) Take()
    {
        var taken = (_callback!, _state);
        (_callback, _state) = (null, null);
        if (t_keptCount < MostKept)
        {
            NextPosted = t_kept;
            t_kept = this;
            t_keptCount++;
        }

        return taken;
    }
}
