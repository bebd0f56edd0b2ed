using System.Text;
using Tipi.Protocols.Http;

namespace Tipi.Protocols.Http1;

/// <summary>The options of Connection fields that concern a server (RFC 9110 §7.6.1).</summary>
internal struct ConnectionOptions
{
    internal bool Close { get; private set; }

    internal bool KeepAlive { get; private set; }

    internal bool Upgrade { get; private set; }

    internal void Add(ReadOnlySpan<byte> value)
    {
        foreach (ReadOnlySpan<byte> option in new ListElements(value))
        {
            switch (option.Length)
            {
                case 5: Close |= Ascii.EqualsIgnoreCase(option, "close"u8); break;
                case 7: Upgrade |= Ascii.EqualsIgnoreCase(option, "upgrade"u8); break;
                case 10: KeepAlive |= Ascii.EqualsIgnoreCase(option, "keep-alive"u8); break;
            }
        }
    }

    /// <summary>Whether the connection persists (RFC 9112 §9.3).</summary>
    internal readonly bool Persists(int minorVersion) => !Close && (minorVersion == 1 || KeepAlive);
}
