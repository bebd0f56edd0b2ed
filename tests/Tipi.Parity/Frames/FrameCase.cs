namespace Tipi.Parity.Frames;

/// <summary>What a client says on a connection of its own.</summary>
/// <param name="Name">Unique.</param>
/// <param name="Streams">Those that have to be answered before the end is looked for.</param>
/// <param name="Frames">Sent at once, behind preface and SETTINGS.</param>
internal sealed record FrameCase(string Name, int[] Streams, params byte[][] Frames)
{
    /// <summary>Nothing is sent before the frames.</summary>
    internal bool IsRaw { get; init; }

    /// <summary>The server is expected to go, sooner or later: nothing more is said to it.</summary>
    internal bool IsLast { get; init; }
}
