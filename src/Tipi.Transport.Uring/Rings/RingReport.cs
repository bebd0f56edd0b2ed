namespace Tipi.Transport.Uring.Rings;

/// <summary>One thing to be logged, as facts: the ring's thread neither formats nor writes.</summary>
/// <param name="Event">What happened.</param>
/// <param name="Fault">The exception; null where there was none.</param>
/// <param name="Detail">A further fact: an error number's name, or null.</param>
internal readonly record struct RingReport(RingEvent Event, Exception? Fault = null, object? Detail = null);
