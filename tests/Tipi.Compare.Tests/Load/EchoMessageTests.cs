using Tipi.Compare.Load;

namespace Tipi.Compare.Tests.Load;

public class EchoMessageTests
{
    [Fact]
    public void Frames_are_those_of_the_specification()
    {
        // RFC 6455 §5.7.
        var message = new EchoMessage("Hello");

        Assert.Equal("818537FA213D7F9F4D5158", Convert.ToHexString(message.Request));
        Assert.Equal("810548656C6C6F", Convert.ToHexString(message.Answer));
    }

    [Fact]
    public void A_text_that_needs_a_longer_length_is_refused() =>
        Assert.Throws<ArgumentException>(() => new EchoMessage(new string('x', 126)));
}
