using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Tipi.Compare.Load;

/// <summary>
/// The few functions of OpenSSL that a cheap client needs. The framework's <c>SslStream</c> takes several times a
/// server's CPU for a handshake, which then waits for the client, and does not tell whether a session was resumed.
/// </summary>
internal static class LibSsl
{
    private const string Library = "libssl.so.3";

    // openssl/ssl.h and tls1.h; the macros over these calls are not exported.
    private const int SetMinProtocol = 123;
    private const int SetServerName = 55;
    private const int Tls13 = 0x0304;
    private const int BothShutDown = 3;
    private const ulong IgnoreUnexpectedEof = 1 << 7;

    /// <summary>A client's context for TLS 1.3; it checks no certificate.</summary>
    public static nint NewContext()
    {
        var context = SSL_CTX_new(TLS_client_method());
        if (context == 0 || SSL_CTX_ctrl(context, SetMinProtocol, Tls13, 0) != 1)
            throw new MeasurementException("OpenSSL gave no context for TLS 1.3");
        // Some servers end a connection without TLS's own farewell, and a session that saw that would not be resumed.
        _ = SSL_CTX_set_options(context, IgnoreUnexpectedEof);
        return context;
    }

    /// <summary>Makes the handshake on a connected, blocking socket.</summary>
    /// <param name="session">One to resume, or 0.</param>
    public static nint Connect(nint context, Socket socket, string serverName, nint session)
    {
        var connection = SSL_new(context);
        // The socket outlives the connection: its owner frees the connection first.
        _ = SSL_set_fd(connection, (int)socket.Handle);
        var name = Marshal.StringToHGlobalAnsi(serverName);
        _ = SSL_ctrl(connection, SetServerName, 0, name);
        Marshal.FreeHGlobal(name);
        if (session != 0)
            _ = SSL_set_session(connection, session);
        if (SSL_connect(connection) == 1)
            return connection;
        SSL_free(connection);
        throw new MeasurementException("the TLS handshake failed");
    }

    public static bool IsResumed(nint connection) => SSL_session_reused(connection) == 1;

    public static void Write(nint connection, byte[] bytes)
    {
        if (SSL_write(connection, bytes, bytes.Length) != bytes.Length)
            throw new MeasurementException("the server took no request over TLS");
    }

    /// <summary>Reads until the server closes; gives the number of bytes.</summary>
    public static int ReadToEnd(nint connection, byte[] buffer)
    {
        var length = SSL_read(connection, buffer, buffer.Length);
        var rest = new byte[1];
        while (length > 0 && SSL_read(connection, rest, rest.Length) > 0)
        {
        }

        return Math.Max(length, 0);
    }

    /// <summary>The session with the newest ticket; the caller frees it.</summary>
    public static nint TakeSession(nint connection) => SSL_get1_session(connection);

    public static void Free(nint connection)
    {
        // Without it OpenSSL takes the session for a broken one that must not be resumed.
        SSL_set_shutdown(connection, BothShutDown);
        SSL_free(connection);
    }

    public static void FreeSession(nint session) => SSL_SESSION_free(session);

    public static void FreeContext(nint context) => SSL_CTX_free(context);

    [DllImport(Library)]
    private static extern nint TLS_client_method();

    [DllImport(Library)]
    private static extern nint SSL_CTX_new(nint method);

    [DllImport(Library)]
    private static extern void SSL_CTX_free(nint context);

    [DllImport(Library)]
    private static extern nint SSL_CTX_ctrl(nint context, int command, nint number, nint pointer);

    [DllImport(Library)]
    private static extern ulong SSL_CTX_set_options(nint context, ulong options);

    [DllImport(Library)]
    private static extern nint SSL_new(nint context);

    [DllImport(Library)]
    private static extern void SSL_free(nint connection);

    [DllImport(Library)]
    private static extern nint SSL_ctrl(nint connection, int command, nint number, nint pointer);

    [DllImport(Library)]
    private static extern int SSL_set_fd(nint connection, int descriptor);

    [DllImport(Library)]
    private static extern int SSL_connect(nint connection);

    [DllImport(Library)]
    private static extern int SSL_read(nint connection, [Out] byte[] buffer, int length);

    [DllImport(Library)]
    private static extern int SSL_write(nint connection, byte[] buffer, int length);

    [DllImport(Library)]
    private static extern void SSL_set_shutdown(nint connection, int mode);

    [DllImport(Library)]
    private static extern int SSL_session_reused(nint connection);

    [DllImport(Library)]
    private static extern int SSL_set_session(nint connection, nint session);

    [DllImport(Library)]
    private static extern nint SSL_get1_session(nint connection);

    [DllImport(Library)]
    private static extern void SSL_SESSION_free(nint session);
}
