namespace Tipi.Protocols.Http;

/// <summary>The kind of a body and, for <see cref="BodyKind.Length"/>, its bytes; otherwise 0.</summary>
public readonly record struct BodyFraming(BodyKind Kind, long Length)
{
    /// <summary>No body.</summary>
    public static BodyFraming None => default;

    /// <summary>A chunked body.</summary>
    public static BodyFraming Chunked => new(BodyKind.Chunked, 0);

    /// <summary>A body that ends with the connection.</summary>
    public static BodyFraming UntilClose => new(BodyKind.UntilClose, 0);

    /// <summary>A body of <paramref name="length"/> bytes; none when it is 0.</summary>
    public static BodyFraming OfLength(long length) => length == 0 ? None : new(BodyKind.Length, length);
}
