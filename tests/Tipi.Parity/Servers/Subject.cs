namespace Tipi.Parity.Servers;

/// <summary>A server that is asked.</summary>
internal enum Subject
{
    Kestrel,
    TipiSockets,
    TipiRings,
}
