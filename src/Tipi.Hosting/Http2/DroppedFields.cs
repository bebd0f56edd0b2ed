using Tipi.Protocols.Hpack;

namespace Tipi.Hosting.Http2;

/// <summary>Takes nothing: a useless block is decoded all the same, so that the table stays in step.</summary>
internal ref struct DroppedFields : IHpackSink
{
    public readonly bool OnField(in HpackField field) => false;
}
