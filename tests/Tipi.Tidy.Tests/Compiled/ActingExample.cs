namespace Tipi.Tidy.Tests.Compiled;

/// <summary>Does what a codec must not: in a body, in a signature, in a type argument.</summary>
internal sealed class ActingExample
{
    private readonly List<TimeProvider?> _clocks = [null];

    public static long Now() => DateTime.UtcNow.Ticks;

    public static void Wait() => Thread.Sleep(0);

    public int Read(Stream source) => source.ReadByte() + _clocks.Count;
}
