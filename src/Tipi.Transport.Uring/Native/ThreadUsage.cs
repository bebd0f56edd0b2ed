namespace Tipi.Transport.Uring.Native;

/// <summary>What a thread has used since it began.</summary>
/// <param name="ProcessorUs">Microseconds on a processor.</param>
/// <param name="Sleeps">How often it left the processor of its own accord, to wait for something.</param>
internal readonly record struct ThreadUsage(long ProcessorUs, long Sleeps);
