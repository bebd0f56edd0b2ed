using System.Buffers;

namespace Tipi.Hosting.Diagnostics.Access;

/// <summary>Turns entries into lines. Used by one thread.</summary>
internal interface IAccessFormat
{
    /// <summary>
    /// Writes one line with its end, of printable ASCII only: nobody can add a line or talk to a terminal.
    /// </summary>
    void Write(in AccessEntry entry, IBufferWriter<byte> output);
}
