using Tipi.Hosting;
using Tipi.Transport.Uring;

namespace Tipi.Parity.Servers;

/// <summary>What is known of the servers.</summary>
internal static class Subjects
{
    /// <summary>False where the kernel or a profile forbids io_uring: Tipi is asked on sockets only.</summary>
    internal static bool HasRings { get; } = RingSupport.Probe().IsAvailable;

    internal static TipiTransport TransportOf(Subject subject) =>
        subject == Subject.TipiRings ? TipiTransport.Uring : TipiTransport.Sockets;
}
