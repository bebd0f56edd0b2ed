using Tipi.Hosting.Systemd;

namespace Tipi.Hosting.Tests.Systemd;

public sealed class SocketActivationTests
{
    private const int ProcessId = 42;

    private static IReadOnlyList<InheritedSocket> Read(string? pid, string? count, string? names = null) =>
        SocketActivation.Read(
            variable => variable switch
            {
                "LISTEN_PID" => pid,
                "LISTEN_FDS" => count,
                "LISTEN_FDNAMES" => names,
                _ => null,
            },
            ProcessId);

    [Fact]
    public void Sockets_begin_at_3_and_may_have_names() =>
        Assert.Equal([new(3, "web"), new(4, null), new(5, null)], Read("42", "3", "web:"));

    [Theory]
    [InlineData(null, null)]
    [InlineData("42", null)]
    [InlineData("41", "1")]
    [InlineData("42", "-1")]
    [InlineData("42", "many")]
    [InlineData("", "1")]
    public void What_is_not_for_this_process_is_left(string? pid, string? count) => Assert.Empty(Read(pid, count));
}
