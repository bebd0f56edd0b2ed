namespace Tipi.Transport.Uring.Rings;

/// <summary>The system gives no thread where one is needed.</summary>
internal sealed class ThreadShortageException(string thread) : IOException(
    $"The system cannot start a thread for {thread}. Raise the limit that applies: pids.max of the cgroup, ulimit -u, "
    + "or memory.");
