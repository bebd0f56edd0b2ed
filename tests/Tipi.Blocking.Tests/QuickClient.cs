using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tipi.Blocking.Tests;

/// <summary>
/// Somebody else's requests: one connection, one after the other, on a thread of its own so that nothing in this
/// process makes them wait. Keeps the longest wait of each stage and counts the answers.
/// </summary>
internal sealed class QuickClient
{
    private const int Stages = 3;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(10);
    private static readonly byte[] s_request = "GET / HTTP/1.1\r\nHost: tipi\r\n\r\n"u8.ToArray();
    private readonly Thread _thread;
    private readonly int _port;
    private readonly TimeSpan[] _longestWaits = new TimeSpan[Stages];
    private volatile int _stage;
    private volatile bool _stopping;

    public QuickClient(Uri address)
    {
        _port = address.Port;
        _thread = new Thread(Run) { IsBackground = true };
    }

    /// <summary>While nobody blocked, after the first requests.</summary>
    public TimeSpan LongestCalmWait => _longestWaits[1];

    /// <summary>While somebody blocked.</summary>
    public TimeSpan LongestWait => _longestWaits[2];

    public int Answers { get; private set; }

    public Exception? Failure { get; private set; }

    public void Start() => _thread.Start();

    /// <summary>From the first requests to calm, and from there to those who block.</summary>
    public void BeginNextStage() => _stage++;

    public void Stop()
    {
        _stopping = true;
        _thread.Join();
    }

    private void Run()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.NoDelay = true;
            socket.ReceiveTimeout = 30_000;
            socket.Connect(IPAddress.Loopback, _port);
            while (!_stopping)
            {
                var sent = Stopwatch.GetTimestamp();
                socket.Send(s_request);
                Receive(socket);
                var wait = Stopwatch.GetElapsedTime(sent);
                int stage = _stage; // a wait counts where it ends
                if (wait > _longestWaits[stage]) _longestWaits[stage] = wait;
                Answers++;
                Thread.Sleep(s_pause);
            }
        }
        catch (Exception e)
        {
            Failure = e;
        }
    }

    // The answer is a few hundred bytes in chunked coding, and ends with the last chunk.
    private static void Receive(Socket socket)
    {
        var buffer = new byte[1024];
        var length = 0;
        do
        {
            var count = socket.Receive(buffer.AsSpan(length));
            if (count == 0) throw new IOException("The server closed the connection.");
            length += count;
        }
        while (!IsWhole(Encoding.ASCII.GetString(buffer, 0, length)));
    }

    private static bool IsWhole(string text)
    {
        if (!text.StartsWith("HTTP/1.1 200 OK\r\n", StringComparison.Ordinal))
            throw new IOException($"Bad answer: {text}");
        var head = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (head < 0) return false;
        return text.Contains("chunked", StringComparison.Ordinal)
            ? text.EndsWith("0\r\n\r\n", StringComparison.Ordinal)
            : text.Length >= head + 4 + "ok".Length;
    }
}
