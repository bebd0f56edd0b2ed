namespace Tipi.Protocols.Hpack;

/// <summary>Takes the fields of a block in their order.</summary>
internal interface IHpackSink
{
    /// <summary>Returns false to hear of no more fields of this block.</summary>
    bool OnField(in HpackField field);
}
