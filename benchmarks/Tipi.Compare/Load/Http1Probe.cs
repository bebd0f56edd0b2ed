using System.Net.Sockets;
using System.Text;
using Tipi.Compare.Peers;

namespace Tipi.Compare.Load;

/// <summary>
/// Asks in HTTP/1.1 and checks that the answer is the workload's: status 200, the body, and the size of the whole.
/// Servers that send other bytes do other work and are not compared.
/// </summary>
internal sealed class Http1Probe(Workload workload, int port, Socket socket, Stream stream) : IProbe
{
    // nginx's two fields more than the others cannot be balanced to the byte in every workload.
    private const int SizeTolerance = 2;

    // What is larger is not looked at before all of it is there: it would be decoded anew for every piece.
    private const int LargeBytes = 64 * 1024;

    public Socket Socket => socket;

    public int? Ask()
    {
        stream.Write(workload.RequestTo(port, workload.Path));
        var received = new StringBuilder();
        var buffer = new byte[Math.Clamp(workload.AnswerBytes, 4096, LargeBytes)];
        while (true)
        {
            var read = stream.Read(buffer);
            if (read == 0)
                throw new MeasurementException($"the server closed after {Quote(received.ToString())}");
            received.Append(Encoding.Latin1.GetString(buffer, 0, read));
            if (received.Length > LargeBytes && received.Length < workload.AnswerBytes - SizeTolerance)
                continue;
            var text = received.ToString();
            if (AnswerText.TryRead(text) is { } answer)
            {
                Check(answer, text);
                return text.Length;
            }
        }
    }

    public void Dispose() => stream.Dispose();

    private void Check(AnswerText answer, string text)
    {
        if (!answer.Head.StartsWith("HTTP/1.1 200 OK\r\n", StringComparison.Ordinal))
            throw new MeasurementException($"not the wanted status: {Quote(text)}");
        if (answer.Body != workload.Body)
            throw new MeasurementException($"not the wanted body: {Quote(text)}");
        if (Math.Abs(text.Length - workload.AnswerBytes) > SizeTolerance)
            throw new MeasurementException($"{text.Length} bytes in place of {workload.AnswerBytes}: {Quote(text)}");
    }

    private static string Quote(string text) => text.Length == 0
        ? "nothing"
        : text[..Math.Min(text.Length, 300)].Replace("\r\n", "⏎", StringComparison.Ordinal);
}
