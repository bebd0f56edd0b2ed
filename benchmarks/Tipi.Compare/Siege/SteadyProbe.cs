using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tipi.Compare.Siege;

/// <summary>
/// A well-behaved client on a thread of its own: 20 requests a second, on one connection or on a new one each time.
/// A time counts from when the request was due, so that a wait of the probe itself is not lost.
/// </summary>
internal sealed class SteadyProbe
{
    private const int IntervalMs = 50;
    private const int PatienceMs = 5000;

    private readonly int _port;
    private readonly bool _keepsAlive;
    private readonly Thread _thread;
    private readonly List<double> _timesMs = [];
    private volatile bool _isEnding;
    private Socket? _kept;

    private SteadyProbe(int port, bool keepsAlive)
    {
        _port = port;
        _keepsAlive = keepsAlive;
        _thread = new Thread(Run) { IsBackground = true, Name = "probe" };
    }

    public int Errors { get; private set; }

    public static SteadyProbe Start(int port, bool keepsAlive)
    {
        var probe = new SteadyProbe(port, keepsAlive);
        probe._thread.Start();
        return probe;
    }

    /// <summary>Ends it; the times of its good answers in milliseconds, ascending.</summary>
    public double[] End()
    {
        _isEnding = true;
        _thread.Join();
        _kept?.Dispose();
        return [.. _timesMs.Order()];
    }

    private void Run()
    {
        var clock = Stopwatch.StartNew();
        for (double due = 0; !_isEnding; due = Math.Max(due + IntervalMs, clock.Elapsed.TotalMilliseconds - PatienceMs))
        {
            var wait = due - clock.Elapsed.TotalMilliseconds;
            if (wait > 0)
                Thread.Sleep((int)Math.Ceiling(wait));
            if (TryAsk())
                _timesMs.Add(clock.Elapsed.TotalMilliseconds - due);
            else
                Errors++;
        }
    }

    private bool TryAsk()
    {
        try
        {
            var socket = _kept ??= Connect();
            socket.Send("GET / HTTP/1.1\r\nHost: probe\r\n\r\n"u8);
            var isGood = ReadAnswer(socket);
            if (!_keepsAlive || !isGood)
                Forget();
            return isGood;
        }
        catch (SocketException)
        {
            Forget();
            return false;
        }
    }

    private static bool ReadAnswer(Socket socket)
    {
        var buffer = new byte[1024];
        var text = "";
        while (!text.EndsWith("Hello, World!", StringComparison.Ordinal))
        {
            var count = socket.Receive(buffer);
            if (count == 0)
                return false;
            text += Encoding.ASCII.GetString(buffer, 0, count);
        }

        return text.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal);
    }

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveTimeout = PatienceMs,
            SendTimeout = PatienceMs,
        };
        // Another address than the attackers', who may have used up what one may have.
        socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
        socket.Connect(IPAddress.Loopback, _port);
        return socket;
    }

    private void Forget()
    {
        _kept?.Dispose();
        _kept = null;
    }
}
