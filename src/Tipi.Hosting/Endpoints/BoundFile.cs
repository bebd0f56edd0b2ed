using Tipi.Transport.Uring.Connections;

namespace Tipi.Hosting.Endpoints;

/// <summary>The file of a Unix socket that is bound, to be removed while the socket is still open.</summary>
/// <param name="path">Where it is, from the root.</param>
internal sealed class BoundFile(string path)
{
    private readonly ulong _identity = SocketFile.Identify(path);
    private int _isRemoved;

    /// <summary>False where the system does not say which file it is.</summary>
    internal bool IsKnown => _identity != 0;

    /// <summary>Removes the file, once, unless another one is in its place. Never fails.</summary>
    internal void Remove()
    {
        if (Interlocked.Exchange(ref _isRemoved, 1) != 0) return;
        try
        {
            SocketFile.RemoveOwn(path, _identity);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The folder may have been taken from the process. What stays is removed by whoever binds there next.
        }
    }
}
