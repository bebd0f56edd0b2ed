namespace Tipi.Transport.Uring.Connections;

/// <summary>
/// Says where code goes on that waited for a connection's bytes. Called on the ring's thread, in a call.
/// </summary>
internal interface IResumption
{
    /// <summary>Calls <paramref name="callback"/>, here or on another thread, once.</summary>
    void Resume(Action<object?> callback, object? state);
}
