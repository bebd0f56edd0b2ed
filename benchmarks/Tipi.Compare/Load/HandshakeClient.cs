using System.Net;
using System.Net.Sockets;
using System.Text;
using Tipi.Compare.Peers;

namespace Tipi.Compare.Load;

/// <summary>
/// Opens TLS 1.3 connections one after the other, asks for one small answer on each, and sees to it that sessions are
/// resumed or not, as it was told. Not thread-safe.
/// </summary>
internal sealed class HandshakeClient(int port, bool resumes) : IConnectClient
{
    private const int ReceiveTimeoutMs = 10_000;

    private readonly nint _context = LibSsl.NewContext();
    private readonly byte[] _request = Encoding.ASCII.GetBytes(
        $"GET / HTTP/1.1\r\nHost: {TestCertificate.ServerName}:{port}\r\nConnection: close\r\n\r\n");

    private readonly byte[] _answer = new byte[4096];
    private nint _session;

    /// <summary>Connects, asks, waits until the server closes.</summary>
    /// <exception cref="MeasurementException">
    /// The answer is not 200, or the session was resumed when it should not be, or the other way round.
    /// </exception>
    public void Connect()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveTimeout = ReceiveTimeoutMs,
        };
        socket.Connect(IPAddress.Loopback, port);
        var connection = LibSsl.Connect(_context, socket, TestCertificate.ServerName, _session);
        try
        {
            if (LibSsl.IsResumed(connection) != (_session != 0))
                throw new MeasurementException($"a session was {(_session == 0 ? "" : "not ")}resumed");
            LibSsl.Write(connection, _request);
            RequireGood(LibSsl.ReadToEnd(connection, _answer));
            // The server's tickets came before its answer.
            if (resumes)
                Keep(LibSsl.TakeSession(connection));
        }
        finally
        {
            LibSsl.Free(connection);
        }
    }

    public void Dispose()
    {
        Keep(0);
        LibSsl.FreeContext(_context);
    }

    private void RequireGood(int length)
    {
        if (!_answer.AsSpan(0, length).StartsWith("HTTP/1.1 200 "u8))
            throw new MeasurementException($"not 200: {Encoding.ASCII.GetString(_answer, 0, length)}");
    }

    private void Keep(nint session)
    {
        if (_session != 0)
            LibSsl.FreeSession(_session);
        _session = session;
    }
}
