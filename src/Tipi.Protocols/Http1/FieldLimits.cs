using Tipi.Protocols.Http;

namespace Tipi.Protocols.Http1;

/// <summary>What a section of field lines may cost, and how it is judged.</summary>
/// <param name="MaxSize">Bytes of all lines.</param>
/// <param name="MaxCount">Lines.</param>
/// <param name="Strictness">Lenient: LF alone ends a line.</param>
internal readonly record struct FieldLimits(int MaxSize, int MaxCount, HttpStrictness Strictness);
