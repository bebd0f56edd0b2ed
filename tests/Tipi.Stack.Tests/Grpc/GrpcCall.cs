using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.IO.Pipelines;

namespace Tipi.Stack.Tests.Grpc;

/// <summary>
/// One call as gRPC has it on HTTP/2: messages with a prefix both ways → the status in the trailers, or in the head
/// where no message went before.
/// </summary>
internal sealed class GrpcCall(HttpContext context)
{
    private const int PrefixBytes = 5;

    internal HttpContext Context => context;

    /// <summary>The only message of the client.</summary>
    internal async Task<Note> ReadOneAsync() =>
        await ReadAsync() ?? throw new InvalidDataException("The client sent no message.");

    /// <summary>The next message; null: the client has ended.</summary>
    internal async Task<Note?> ReadAsync()
    {
        PipeReader body = context.Request.BodyReader;
        while (true)
        {
            ReadResult result = await body.ReadAsync(context.RequestAborted);
            ReadOnlySequence<byte> rest = result.Buffer;
            if (TryTake(ref rest) is { } note)
            {
                body.AdvanceTo(rest.Start);
                return note;
            }
            if (result.IsCompleted)
                return rest.IsEmpty ? null : throw new InvalidDataException("The client ended within a message.");
            body.AdvanceTo(rest.Start, rest.End);
        }
    }

    internal async Task WriteAsync(Note note)
    {
        FlushResult result = await context.Response.BodyWriter.WriteAsync(note.ToFrame(), context.RequestAborted);
        Assert.False(result.IsCompleted, "The response is over before its status.");
    }

    internal void End(int status, string message = "")
    {
        HttpResponse response = context.Response;
        Action<string, string> append = response.HasStarted
            ? (name, value) => response.AppendTrailer(name, value)
            : (name, value) => response.Headers.Append(name, value);
        append("grpc-status", status.ToString(CultureInfo.InvariantCulture));
        if (message.Length > 0) append("grpc-message", Uri.EscapeDataString(message));
    }

    private static Note? TryTake(ref ReadOnlySequence<byte> buffer)
    {
        if (buffer.Length < PrefixBytes) return null;
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        buffer.Slice(0, PrefixBytes).CopyTo(prefix);
        if (prefix[0] != 0) throw new InvalidDataException("Nobody agreed on compression.");
        long length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        if (buffer.Length < PrefixBytes + length) return null;
        var note = Note.Parse(buffer.Slice(PrefixBytes, length).ToArray());
        buffer = buffer.Slice(PrefixBytes + length);
        return note;
    }
}
