using Tipi.Hosting.Exchange;
using Tipi.Protocols.Hpack;
using Tipi.Protocols.Http2;

namespace Tipi.Hosting.Http2;

/// <summary>Takes the fields behind a request's body. After the first mistake nothing more is taken.</summary>
internal ref struct TrailerFields(ReceivedText received, HeaderTable table, FieldBudget budget) : IHpackSink
{
    private FieldBudget _budget = budget;

    /// <summary>Why the request is malformed; none while it is not.</summary>
    internal Http2Error Error { get; private set; }

    public bool OnField(in HpackField field) => Take(field.Trimmed);

    private bool Take(in HpackField field)
    {
        if (!_budget.TryTake(field.NameBytes.Length + field.Value.Length))
        {
            Error = Http2Error.Stream(Http2ErrorCode.EnhanceYourCalm, "The trailers are too large.");
            return false;
        }
        Error = Http2FieldRules.CheckTrailer(field.Known, field.NameBytes, field.Value);
        if (!Error.IsNone) return false;
        string name = field.Name ?? received.Get(field.NameBytes);
        if (received.TryGetValue(name, field.Value, out string value))
        {
            table.AddReceived(name, value);
            return true;
        }
        Error = Http2Error.Stream(Http2ErrorCode.ProtocolError, "A field value is not valid in its encoding.");
        return false;
    }
}
