namespace Tipi.Protocols.Http2;

/// <summary>What the first bytes of a connection are.</summary>
internal enum PrefaceMatch : byte
{
    /// <summary>All so far agree with the preface; more decide.</summary>
    NeedMore,

    /// <summary>The preface.</summary>
    Is,

    /// <summary>Anything else.</summary>
    IsNot,
}
