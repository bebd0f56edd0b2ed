using System.Runtime.InteropServices;
using Tipi.Hosting.Tls;

namespace Tipi.Hosting.Tests.Tls;

public sealed class OpenSslMemoryTests
{
    [Fact]
    public void Contexts_made_from_then_on_release_their_buffers()
    {
        Assert.SkipUnless(NativeLibrary.TryLoad("libssl.so.3", out _), "There is no OpenSSL 3 here.");
        Assert.True(OpenSslMemory.Install());
        Assert.True(OpenSslMemory.Install());
        nint context = MakeContext(ServerMethod());
        Assert.Equal(0x10, Control(context, 33, 0, 0) & 0x10);
        Free(context);
    }

    [DllImport("libssl.so.3", EntryPoint = "TLS_server_method")]
    private static extern nint ServerMethod();

    [DllImport("libssl.so.3", EntryPoint = "SSL_CTX_new")]
    private static extern nint MakeContext(nint method);

    [DllImport("libssl.so.3", EntryPoint = "SSL_CTX_ctrl")]
    private static extern nint Control(nint context, int command, nint value, nint pointer);

    [DllImport("libssl.so.3", EntryPoint = "SSL_CTX_free")]
    private static extern void Free(nint context);
}
