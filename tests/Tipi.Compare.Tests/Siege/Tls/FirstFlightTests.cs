using Tipi.Compare.Siege.Tls;

namespace Tipi.Compare.Tests.Siege.Tls;

public sealed class FirstFlightTests
{
    /// <summary>RFC 8446 §5.1 and §4: a record of a handshake, whole, and in it a ClientHello.</summary>
    [Fact]
    public void It_is_one_record_with_a_client_hello()
    {
        var bytes = FirstFlight.Bytes;
        Assert.Equal(22, bytes[0]);
        Assert.Equal(bytes.Length - 5, bytes[3] << 8 | bytes[4]);
        Assert.Equal(1, bytes[5]);
    }
}
