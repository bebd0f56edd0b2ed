namespace Tipi.Parity.Frames;

/// <summary>A request by its fields, and what follows them.</summary>
/// <param name="Name">Unique.</param>
/// <param name="Fields">Between bars.</param>
/// <param name="Rest">The frames behind HEADERS on stream 1; none: HEADERS ends the stream.</param>
internal sealed record SectionCase(string Name, string Fields, params byte[][] Rest)
{
    internal byte[][] Frames => [Say.Headers(1, Fields, end: Rest.Length == 0), .. Rest];
}
