namespace Tipi.Transport.Uring.Rings;

/// <summary>A callback on its way to a ring's thread.</summary>
/// <remarks>
/// Each thread keeps some that have run, so that a ring that posts to itself allocates nothing. Invariant: it is either
/// in a ring's queue or kept by one thread.
/// </remarks>
internal sealed class PostedCall : PostedWork
{
    // As many as the streams that begin in one turn, with ten connections of a hundred each. They take 48 KiB.
    private const int MostKept = 1024;

    [ThreadStatic]
    private static PostedCall? t_kept;

    [ThreadStatic]
    private static int t_keptCount;

    private RingLoop? _loop;
    private Action<object?>? _callback;
    private object? _state;

    private PostedCall()
    {
    }

    internal static PostedCall Of(RingLoop loop, Action<object?> callback, object? state)
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

        call._loop = loop;
        call._callback = callback;
        call._state = state;
        return call;
    }

    internal override void Run()
    {
        var (loop, callback, state) = Take();
        loop.Call(callback, state);
    }

    // Somebody may wait for it, also when the ring is gone.
    internal override void Refuse()
    {
        var (loop, callback, state) = Take();
        loop.CallOnPool(callback, state);
    }

    private (RingLoop Loop, Action<object?> Callback, object? State) Take()
    {
        var taken = (_loop!, _callback!, _state);
        (_loop, _callback, _state) = (null, null, null);
        if (t_keptCount < MostKept)
        {
            NextPosted = t_kept;
            t_kept = this;
            t_keptCount++;
        }

        return taken;
    }
}
