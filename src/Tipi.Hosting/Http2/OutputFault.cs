using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;

namespace Tipi.Hosting.Http2;

/// <summary>
/// Told of where the output of a connection failed, which is no fault of its peer: under its gate, or where nobody is
/// above who could take it. So the line is written, and the connection's loop woken, on the pool; nothing throws.
/// </summary>
internal sealed class OutputFault(ServerConnection owner, Exception error) : IThreadPoolWorkItem
{
    internal static void Tell(ServerConnection owner, Exception error) =>
        ThreadPool.UnsafeQueueUserWorkItem(new OutputFault(owner, error), preferLocal: false);

    public void Execute()
    {
        try
        {
            owner.Server.Log.OutputFailed(error, owner.Id);
        }
        catch (Exception)
        {
            // A log that fails must not keep the connection from ending.
        }
        try
        {
            owner.Wake();
        }
        catch (Exception)
        {
            // A middleware's pipe. Without its loop the connection is not ended in good order, but it ends.
            Abort();
        }
    }

    private void Abort()
    {
        try
        {
            owner.Abort("The connection's output has failed.");
        }
        catch (Exception)
        {
            // Nothing is left to do for it.
        }
    }
}
