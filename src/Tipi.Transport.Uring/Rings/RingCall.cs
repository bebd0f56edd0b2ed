namespace Tipi.Transport.Uring.Rings;

/// <summary>A call into code that is not the ring's own and may take long.</summary>
internal readonly record struct RingCall(Action<object?> Callback, object? State);
