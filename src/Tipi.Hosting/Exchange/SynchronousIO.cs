namespace Tipi.Hosting.Exchange;

/// <summary>Reading and writing bodies synchronously blocks a thread, so it must be allowed.</summary>
internal static class SynchronousIO
{
    internal static void Check(RunningRequest request)
    {
        if (request.AllowSynchronousIO) return;
        throw new InvalidOperationException(
            "Synchronous operations are disallowed. Use the asynchronous methods or set AllowSynchronousIO to true.");
    }
}
