using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Tipi.Hosting.Tls;

/// <summary>
/// Has OpenSSL give back the two record buffers of a connection, 32 KiB, while they are empty
/// (<c>SSL_MODE_RELEASE_BUFFERS</c>, which the framework has no option for). OpenSSL tells who has registered for data
/// of their own of each context that is made (CRYPTO_get_ex_new_index(3)); that is where the mode is set.
/// </summary>
/// <remarks>
/// It holds for the contexts that the process makes from then on, those of its clients as well: a mode of memory, which
/// nobody can see in what is sent. Where the library is another one or missing, nothing changes.
/// </remarks>
internal static class OpenSslMemory
{
    /// <summary>CRYPTO_EX_INDEX_SSL_CTX.</summary>
    private const int ContextClass = 1;

    /// <summary>SSL_CTRL_MODE.</summary>
    private const int SetMode = 33;

    /// <summary>SSL_MODE_RELEASE_BUFFERS.</summary>
    private const int ReleaseBuffers = 0x10;

    /// <summary>Native code calls it as long as the process lives.</summary>
    private static readonly NewData s_onContext = OnContext;

    private static readonly Lazy<Control?> s_control = new(Register);

    /// <summary>CRYPTO_EX_new.</summary>
    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void NewData(nint context, nint data, nint all, int index, nint first, nint second);

    /// <summary>SSL_CTX_ctrl.</summary>
    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint Control(nint context, int command, nint value, nint pointer);

    /// <summary>CRYPTO_get_ex_new_index.</summary>
    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int NewIndex(int kind, nint first, nint second, nint created, nint copied, nint freed);

    /// <summary>Sees to it, once.</summary>
    /// <returns>False where there is no such library.</returns>
    internal static bool Install() => s_control.Value is not null;

    private static Control? Register()
    {
        if (!OperatingSystem.IsLinux()) return null;
        // The framework initializes the library first, in its own way.
        _ = SHA256.HashData([]);
        // The names under which the framework looks for it, too: it is the same library then, loaded once.
        if (!NativeLibrary.TryLoad("libssl.so.3", out nint ssl)) return null;
        if (!NativeLibrary.TryLoad("libcrypto.so.3", out nint crypto)) return null;
        if (!NativeLibrary.TryGetExport(ssl, "SSL_CTX_ctrl", out nint control)) return null;
        if (!NativeLibrary.TryGetExport(crypto, "CRYPTO_get_ex_new_index", out nint newIndex)) return null;
        var register = Marshal.GetDelegateForFunctionPointer<NewIndex>(newIndex);
        nint onContext = Marshal.GetFunctionPointerForDelegate(s_onContext);
        return register(ContextClass, 0, 0, onContext, 0, 0) < 0
            ? null
            : Marshal.GetDelegateForFunctionPointer<Control>(control);
    }

    private static void OnContext(nint context, nint data, nint all, int index, nint first, nint second) =>
        s_control.Value?.Invoke(context, SetMode, ReleaseBuffers, 0);
}
