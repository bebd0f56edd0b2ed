using System.Net.Sockets;

namespace Tipi.Compare.Load;

/// <summary>A non-blocking connection with at most one request under way.</summary>
internal sealed class RateConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _answer;
    private int _received;

    public RateConnection(Socket socket, int answerBytes)
    {
        _socket = socket;
        _socket.Blocking = false;
        _answer = new byte[answerBytes];
    }

    /// <summary>When the request should have gone out, as a stopwatch's timestamp.</summary>
    public long Due { get; private set; }

    public bool IsSlow { get; private set; }

    public void Send(byte[] request, long due, bool isSlow)
    {
        Due = due;
        IsSlow = isSlow;
        _received = 0;
        if (_socket.Send(request) != request.Length)
            throw new MeasurementException("a request did not fit into the socket's buffer");
    }

    /// <summary>Takes what has come; true when the answer is whole.</summary>
    public bool TryReceive()
    {
        var read = _socket.Receive(_answer.AsSpan(_received), SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
            return false;
        if (error != SocketError.Success || read == 0)
            throw new MeasurementException($"the server ended a connection in the middle: {error}");
        _received += read;
        if (_received < _answer.Length)
            return false;
        return _answer.AsSpan().StartsWith("HTTP/1.1 200 "u8)
            ? true
            : throw new MeasurementException("an answer was not 200");
    }

    public void Dispose() => _socket.Dispose();
}
