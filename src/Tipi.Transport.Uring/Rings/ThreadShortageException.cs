namespace Tipi.Transport.Uring.Rings;

/// <summary>The system gives no thread where one is needed.</summary>
internal sealed class ThreadShortageException(string thread) : IOException(
    $"The system gives no thread for {thread}. Raise what limits them: pids.max of the control group, ulimit -u, or "
    + "memory.");
