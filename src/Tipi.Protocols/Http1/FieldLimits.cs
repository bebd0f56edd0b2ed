using Tipi.Protocols.Http;

namespace Tipi.Protocols.Http1;

/// <summary>What a section of field lines may cost, and how it is judged. Made once for all messages.</summary>
internal sealed class FieldLimits(int maxSize, int maxCount, HttpStrictness strictness)
{
    /// <summary>Bytes of all lines.</summary>
    internal int MaxSize { get; } = maxSize;

    /// <summary>Lines.</summary>
    internal int MaxCount { get; } = maxCount;

    /// <summary>Lenient: LF alone ends a line.</summary>
    internal HttpStrictness Strictness { get; } = strictness;
}
