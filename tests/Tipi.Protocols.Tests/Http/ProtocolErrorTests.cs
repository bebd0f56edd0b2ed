using Tipi.Protocols.Http;

namespace Tipi.Protocols.Tests.Http;

public sealed class ProtocolErrorTests
{
    [Fact]
    public void Every_code_has_a_status_and_a_message_of_its_own()
    {
        int[] statuses = [400, 405, 408, 413, 414, 417, 431, 501, 505];
        ProtocolErrorCode[] codes = Enum.GetValues<ProtocolErrorCode>();
        foreach (ProtocolErrorCode code in codes.Skip(1)) Assert.Contains(new ProtocolError(code).StatusCode, statuses);
        Assert.Equal(0, new ProtocolError(ProtocolErrorCode.None).StatusCode);
        Assert.Distinct(codes.Select(code => new ProtocolError(code).Message));
    }

    [Fact]
    public void A_405_names_the_method_to_allow()
    {
        Assert.Equal("OPTIONS", new ProtocolError(ProtocolErrorCode.AsteriskNeedsOptions).AllowedMethod);
        Assert.Equal("CONNECT", new ProtocolError(ProtocolErrorCode.AuthorityNeedsConnect).AllowedMethod);
        Assert.Null(new ProtocolError(ProtocolErrorCode.MissingHost).AllowedMethod);
    }
}
