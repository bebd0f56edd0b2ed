namespace Tipi.Protocols.Tls;

/// <summary>
/// How far a client's first message was read: behind its whole records, so that a client that sends it byte by byte
/// costs each of them once.
/// </summary>
internal struct ClientHelloProgress
{
    /// <summary>Whole records.</summary>
    internal int Records { get; private set; }

    /// <summary>Their bytes, headers included.</summary>
    internal int Length { get; private set; }

    /// <summary>The bytes of the message in them.</summary>
    internal int Received { get; private set; }

    /// <summary>The first bytes of the message, as far as they are there.</summary>
    internal uint MessageHeader { get; private set; }

    /// <summary>A further record is whole.</summary>
    internal void OnRecord(int length, int received, uint messageHeader)
    {
        Records++;
        Length += length;
        Received = received;
        MessageHeader = messageHeader;
    }
}
