using System.Runtime.ExceptionServices;

namespace Tipi.Transport.Uring.Rings;

/// <summary>
/// A piece of work on a thread that ends with it. Rings are made so: when a ring is closed, the kernel interrupts the
/// thread that made it, and a call that this thread is in by then would answer EINTR.
/// </summary>
internal sealed class OwnCall<T>
{
    private readonly Func<T> _work;
    private OwnThread? _thread;
    private T? _result;
    private ExceptionDispatchInfo? _fault;

    private OwnCall(Func<T> work) => _work = work;

    /// <summary>
    /// Begins, while the caller goes on. Where the system gives no thread, it is done on the caller's when this
    /// returns.
    /// </summary>
    public static OwnCall<T> Begin(string name, Func<T> work)
    {
        var call = new OwnCall<T>(work);
        call._thread = OwnThread.TryStart(name, call.Run);
        if (call._thread is null) call.Run(null);
        return call;
    }

    /// <summary>Waits for the result.</summary>
    /// <exception cref="Exception">What the work threw.</exception>
    public T End()
    {
        _thread?.Join();
        _fault?.Throw();
        return _result!;
    }

    private void Run(OwnThread? thread)
    {
        try
        {
            _result = _work();
        }
#pragma warning disable CA1031 // it is thrown again, for the caller
        catch (Exception e)
#pragma warning restore CA1031
        {
            _fault = ExceptionDispatchInfo.Capture(e);
        }
    }
}
